import type { ElfFile } from './elf-file.ts';
import type { ByteRange } from './program-headers.ts';
import { findStrings } from './find-strings.ts';

/** The first word of .gopclntab. Go's debug/gosym and internal/abi: 1.20, 1.18, 1.16, 1.2. */
const PCLNTAB_1_20 = 0xfffffff1;
const PCLNTAB_1_18 = 0xfffffff0;
const PCLNTAB_1_16 = 0xfffffffa;
const PCLNTAB_1_2 = 0xfffffffb;

/** How much of a program without section headers is searched for the table. */
const SEARCH_LIMIT_BYTES = 256 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;
/** Bytes that look like the start of the table and are not. */
const CANDIDATE_LIMIT = 1024;
/** The longest pclntab header: 8 bytes and 8 words. */
const HEADER_BYTES = 72;

/**
 * Which of the wanted functions (`net.(*Resolver).lookupHost`) are linked into a Go program. The table of names
 * serves stack traces and so survives `-s -w`, `strip` and `sstrip`; the linker leaves out functions that nothing
 * reaches. Null when there is no such table: not a Go program, or one that hides it (garble).
 */
export function goFunctionNames<Name extends string>(
  elf: ElfFile,
  wanted: readonly Name[],
): ReadonlySet<Name> | null {
  const names = functionNameTable(elf);
  if (names === null) return null;
  const needles = wanted.map((name) => `\0${name}\0`);
  const found = findStrings(elf.source, needles, { ranges: [names] });
  return new Set(wanted.filter((_name, index) => found.has(needles[index] ?? '')));
}

/** Where the NUL-terminated names stand. */
function functionNameTable(elf: ElfFile): ByteRange | null {
  const section = elf
    .sections()
    .find(({ name }) => name === '.gopclntab' || name === '.data.rel.ro.gopclntab');
  if (section !== undefined) {
    const table = parseTable(elf, section.offset);
    if (table !== null) return clip(table, section.offset + section.sizeBytes);
  }
  let left = SEARCH_LIMIT_BYTES;
  // In a position-independent program the table is in .data.rel.ro, so that no kind of segment can be left out.
  for (const load of elf.loads) {
    const range = { offset: load.offset, sizeBytes: Math.min(load.fileSizeBytes, left) };
    left -= range.sizeBytes;
    const table = searchTable(elf, range);
    if (table !== null) return clip(table, load.offset + load.fileSizeBytes);
  }
  return null;
}

function clip(range: ByteRange, end: number): ByteRange {
  return { offset: range.offset, sizeBytes: Math.max(0, Math.min(range.sizeBytes, end - range.offset)) };
}

function searchTable(elf: ElfFile, range: ByteRange): ByteRange | null {
  const magics = [PCLNTAB_1_20, PCLNTAB_1_18, PCLNTAB_1_16, PCLNTAB_1_2].map((magic) =>
    magicBytes(elf, magic),
  );
  const end = Math.min(range.offset + range.sizeBytes, elf.source.sizeBytes);
  let candidates = 0;
  for (let at = range.offset; at < end; at += CHUNK_BYTES) {
    const chunk = elf.source.read(at, Math.min(CHUNK_BYTES + 5, end - at));
    for (const magic of magics) {
      for (let index = chunk.indexOf(magic); index >= 0; index = chunk.indexOf(magic, index + 1)) {
        const table = parseTable(elf, at + index);
        if (table !== null) return table;
        if (++candidates > CANDIDATE_LIMIT) return null;
      }
    }
  }
  return null;
}

/** The magic and the two zero bytes after it. */
function magicBytes(elf: ElfFile, magic: number): Buffer {
  const bytes = Buffer.alloc(6);
  if (elf.header.littleEndian) bytes.writeUInt32LE(magic);
  else bytes.writeUInt32BE(magic);
  return bytes;
}

/** pcHeader of runtime/symtab.go: magic, two zero bytes, minLC, ptrSize, then words. Null when these are other bytes. */
function parseTable(elf: ElfFile, offset: number): ByteRange | null {
  const header = elf.source.read(offset, HEADER_BYTES);
  if (header.length < HEADER_BYTES) return null;
  const { littleEndian } = elf.header;
  const u32 = (at: number): number => (littleEndian ? header.readUInt32LE(at) : header.readUInt32BE(at));
  const [minLc = 0, pointerSize = 0] = header.subarray(6, 8);
  if (header[4] !== 0 || header[5] !== 0 || ![1, 2, 4].includes(minLc)) return null;
  if (pointerSize !== 4 && pointerSize !== 8) return null;
  // Offsets inside the table fit 32 bits, on 64-bit machines too.
  const word = (index: number): number =>
    u32(8 + index * pointerSize + (pointerSize === 8 && !littleEndian ? 4 : 0));
  const range = nameRange(u32(0), word, elf.source.sizeBytes - offset);
  return range === null ? null : { offset: offset + range.offset, sizeBytes: range.sizeBytes };
}

/** Relative to the table. The words from 1.18 on: nfunc, nfiles, textStart, funcname, cu …; 1.16 has no textStart. */
function nameRange(magic: number, word: (index: number) => number, sizeBytes: number): ByteRange | null {
  // 1.2 to 1.15 mix names with line tables: all of it is searched.
  if (magic === PCLNTAB_1_2) return { offset: 0, sizeBytes };
  const first = magic === PCLNTAB_1_16 ? 2 : 3;
  const start = word(first);
  const end = word(first + 1);
  if (![PCLNTAB_1_20, PCLNTAB_1_18, PCLNTAB_1_16].includes(magic) || start >= end || end > sizeBytes)
    return null;
  // The name before the first has no NUL of its own: the byte before the table stands for it.
  return { offset: start - 1, sizeBytes: end - start + 1 };
}
