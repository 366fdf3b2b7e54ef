import { machineOfElf, type MachineName, MACHINES } from '../core/machines.ts';
import { invalid } from './byte-window.ts';
import { DT } from './dynamic-section.ts';
import type { ElfFile } from './elf-file.ts';
import { PF } from './program-headers.ts';
import { SHF, SHT } from './section-headers.ts';

/** R_*_IRELATIVE. Processor supplements. */
const IRELATIVE: Readonly<Partial<Record<MachineName, number>>> = {
  x86_64: 37,
  x32: 37,
  i386: 42,
  aarch64: 1032,
  aarch64_be: 1032,
  arm: 160,
  armeb: 160,
  riscv64: 58,
  riscv32: 58,
  ppc64le: 248,
  ppc64: 248,
  ppc: 248,
  s390x: 61,
  s390: 61,
  loongarch64: 12,
  loongarch32: 12,
  sparc: 249,
  sparc64: 249,
};

const CHUNK_BYTES = 64 * 1024;
/** How much of a static program without section headers is searched for its relocations: they come first. */
const STATIC_SEARCH_BYTES = 64 * 1024;

interface RelocationTable {
  readonly offset: number;
  readonly sizeBytes: number;
  readonly hasAddend: boolean;
}

/**
 * How many IRELATIVE relocations (IFUNC) there are. musl does not apply them: a musl program that has one misbehaves
 * without a word. A static glibc program has some thirty.
 */
export function countIrelative(elf: ElfFile): number {
  const machine = machineOfElf(elf.header);
  const wanted = machine === null ? undefined : IRELATIVE[machine];
  if (wanted === undefined) return 0;
  const tables = relocationTables(elf);
  if (tables === null) return countBySearch(elf, wanted);
  const totalBytes = tables.reduce((sum, table) => sum + table.sizeBytes, 0);
  if (totalBytes > elf.source.sizeBytes)
    throw invalid(elf.source, tables[0]?.offset ?? 0, 'the relocations do not fit');
  return tables.reduce((sum, table) => sum + countInTable(elf, table, wanted), 0);
}

/** Null when neither the dynamic section nor the section headers say where they are. */
function relocationTables(elf: ElfFile): readonly RelocationTable[] | null {
  const dynamic = elf.dynamic();
  const fromDynamic = dynamic === null ? [] : dynamicTables(elf);
  if (fromDynamic.length > 0) return fromDynamic;
  // A static program that is not position-independent has them between __rela_iplt_start and __rela_iplt_end only.
  const sections = elf.sections();
  if (sections.length === 0) return dynamic === null ? null : [];
  return sections
    .filter(
      (section) =>
        (section.type === SHT.RELA || section.type === SHT.REL) && (section.flags & SHF.ALLOC) !== 0,
    )
    .map(({ offset, sizeBytes, type }) => ({ offset, sizeBytes, hasAddend: type === SHT.RELA }));
}

function dynamicTables(elf: ElfFile): readonly RelocationTable[] {
  const dynamic = elf.dynamic();
  const tables: RelocationTable[] = [];
  const add = (addressTag: number, sizeTag: number, hasAddend: boolean): void => {
    const address = dynamic?.value(addressTag);
    const offset = address === undefined ? null : elf.fileOffset(address);
    if (offset !== null) tables.push({ offset, sizeBytes: dynamic?.value(sizeTag) ?? 0, hasAddend });
  };
  add(DT.RELA, DT.RELASZ, true);
  add(DT.REL, DT.RELSZ, false);
  add(DT.JMPREL, DT.PLTRELSZ, dynamic?.value(DT.PLTREL) === DT.RELA);
  return withoutOverlap(tables);
}

/** SPARC and PPC let DT_RELASZ cover DT_JMPREL as well. */
function withoutOverlap(tables: readonly RelocationTable[]): readonly RelocationTable[] {
  return tables.filter(
    (table) =>
      !tables.some(
        (other) =>
          other !== table &&
          other.sizeBytes > table.sizeBytes &&
          table.offset >= other.offset &&
          table.offset + table.sizeBytes <= other.offset + other.sizeBytes,
      ),
  );
}

/** More than any linker leaves in a program that has no loader. */
const MAX_BINDINGS = 100_000;

/**
 * How many relocations wait for a loader to write the address of a symbol that the file itself defines. A program without
 * one has nobody who would: the first use of such a pointer is a jump to 0. Undefined weak symbols are 0 anyway.
 */
export function countBindings(elf: ElfFile): number {
  const dynamic = elf.dynamic();
  const address = dynamic?.value(DT.SYMTAB);
  const symbols = address === undefined ? null : elf.fileOffset(address);
  if (dynamic === null || symbols === null) return 0;
  let left = MAX_BINDINGS;
  let count = 0;
  for (const table of dynamicTables(elf)) {
    for (const symbol of symbolsIn(elf, table)) {
      if (left-- <= 0) return count;
      if (symbol !== 0 && isDefined(elf, symbols, symbol)) count++;
    }
  }
  return count;
}

/** ELF64_R_SYM is the high 32 bits of r_info, ELF32_R_SYM all but the low 8. */
function* symbolsIn(elf: ElfFile, table: RelocationTable): Generator<number> {
  const { littleEndian } = elf.header;
  const at = elf.is64 ? (littleEndian ? 12 : 8) : 4;
  for (const [chunk, entry] of entriesOf(elf, table)) {
    const word = littleEndian ? chunk.readUInt32LE(entry + at) : chunk.readUInt32BE(entry + at);
    yield elf.is64 ? word : word >>> 8;
  }
}

/** st_shndx is not SHN_UNDEF. A number of a symbol that is not in the file is none. */
function isDefined(elf: ElfFile, symbols: number, index: number): boolean {
  const [sizeBytes, at] = elf.is64 ? [24, 6] : [16, 14];
  const offset = symbols + index * sizeBytes + at;
  if (offset + 2 > elf.source.sizeBytes) return false;
  const bytes = elf.source.read(offset, 2);
  return bytes[0] !== 0 || bytes[1] !== 0;
}

function countInTable(elf: ElfFile, table: RelocationTable, wanted: number): number {
  const typeOf = relocationTypeReader(elf);
  let count = 0;
  for (const [chunk, entry] of entriesOf(elf, table)) if (typeOf(chunk, entry) === wanted) count++;
  return count;
}

function* entriesOf(elf: ElfFile, table: RelocationTable): Generator<readonly [Buffer, number]> {
  const entrySize = (elf.is64 ? 16 : 8) + (table.hasAddend ? (elf.is64 ? 8 : 4) : 0);
  const end = Math.min(table.offset + table.sizeBytes, elf.source.sizeBytes);
  const chunkBytes = Math.floor(CHUNK_BYTES / entrySize) * entrySize;
  for (let at = table.offset; at < end; at += chunkBytes) {
    const chunk = elf.source.read(at, Math.min(chunkBytes, end - at));
    for (let entry = 0; entry + entrySize <= chunk.length; entry += entrySize) yield [chunk, entry];
  }
}

/** ELF64_R_TYPE is the low 32 bits of r_info (SPARC: the low 8 of those), ELF32_R_TYPE the low 8. */
function relocationTypeReader(elf: ElfFile): (chunk: Buffer, entry: number) => number {
  const { littleEndian, machine } = elf.header;
  const mask = !elf.is64 || machine === MACHINES.sparc64.elf[0] ? 0xff : 0xffff_ffff;
  const at = elf.is64 ? (littleEndian ? 8 : 12) : 4;
  return littleEndian
    ? (chunk, entry) => (chunk.readUInt32LE(entry + at) & mask) >>> 0
    : (chunk, entry) => (chunk.readUInt32BE(entry + at) & mask) >>> 0;
}

/**
 * An sstripped static program: its IRELATIVE entries stand near the start of the first segment. An entry counts when
 * r_offset is in a writable segment and r_addend, the resolver, in an executable one.
 */
function countBySearch(elf: ElfFile, wanted: number): number {
  const first = elf.loads[0];
  if (first === undefined || !elf.is64) return 0;
  const chunk = elf.source.read(first.offset, Math.min(first.fileSizeBytes, STATIC_SEARCH_BYTES));
  const read = (at: number): number =>
    elf.header.littleEndian
      ? chunk.readUInt32LE(at) + chunk.readUInt32LE(at + 4) * 0x1_0000_0000
      : chunk.readUInt32BE(at) * 0x1_0000_0000 + chunk.readUInt32BE(at + 4);
  const inSegment = (address: number, flag: number): boolean =>
    elf.loads.some(
      (load) =>
        (load.flags & flag) !== 0 && address >= load.address && address < load.address + load.memorySizeBytes,
    );
  let count = 0;
  for (let at = 0; at + 24 <= chunk.length; at += 8) {
    if (read(at + 8) === wanted && inSegment(read(at), PF.W) && inSegment(read(at + 16), PF.X)) count++;
  }
  return count;
}
