import type { ElfFile } from './elf-file.ts';
import { hasNoteOf } from './notes.ts';
import { SHT, type SectionHeader } from './section-headers.ts';

/** Bytes that a program carries for itself behind, or beside, what the loader reads. */
export interface Payload {
  /** Known by its own bytes, or by the section or note that it is in. */
  readonly kind: PayloadKind;
  /** Where it begins in the file. */
  readonly offset: number;
  /** Bytes from there on. */
  readonly sizeBytes: number;
}

/**
 * `appimage`, `pyinstaller`, `staticx` and `nuitka` unpack or mount themselves when they start; `node-sea`, `deno` and
 * `bun` are scripts in their runtime; the others are archives that the program reads, by their first or last bytes.
 */
export type PayloadKind =
  | 'appimage'
  | 'pyinstaller'
  | 'staticx'
  | 'nuitka'
  | 'node-sea'
  | 'deno'
  | 'bun'
  | 'zip'
  | 'squashfs'
  | '7z'
  | 'xz'
  | 'gzip'
  | 'zstd'
  | 'tar';

/** Signatures may be appended after a payload; PyInstaller's own search reads the last 8 KiB first as well. */
const TAIL_BYTES = 64 * 1024;
/** PKZIP's end record with the longest comment. APPNOTE.TXT 4.3.16. */
const ZIP_END_BYTES = 22 + 0xffff;

/** Written by PyInstaller at the end of its archive. bootloader/src/pyi_archive.c */
export const PYINSTALLER_COOKIE = Buffer.from('MEI\x0c\x0b\x0a\x0b\x0e', 'latin1');

/** `end` is where the ELF file's own bytes end. */
export function readPayload(elf: ElfFile, end: number): Payload | null {
  const appended = { offset: end, sizeBytes: Math.max(0, elf.source.sizeBytes - end) };
  // https://github.com/AppImage/AppImageSpec: "AI" and the type at offset 8, in e_ident's padding.
  if (/^AI[\u0001\u0002]/.test(elf.head.toString('latin1', 8, 11))) return { kind: 'appimage', ...appended };
  // Where postject and Node itself inject a single executable application.
  if (hasNoteOf(elf, 'NODE_SEA_BLOB')) return { kind: 'node-sea', ...appended };
  const inSection = sectionPayload(elf);
  if (inSection !== null) return inSection;
  if (appended.sizeBytes === 0) return null;
  const kind = kindByEnd(elf, appended.offset) ?? kindByStart(elf, appended.offset);
  return kind === null ? null : { kind, ...appended };
}

const SECTIONS: Readonly<Record<string, PayloadKind>> = {
  pydata: 'pyinstaller',
  '.staticx.archive': 'staticx',
  '.bun': 'bun',
};

/** objcopy --add-section, and what linkers leave room for. */
function sectionPayload(elf: ElfFile): Payload | null {
  for (const section of elf.sections()) {
    const kind = SECTIONS[section.name];
    if (kind === undefined || section.type === SHT.NOBITS || !isFilled(elf, section)) continue;
    return { kind, offset: section.offset, sizeBytes: section.sizeBytes };
  }
  return null;
}

/** Bun's own program has the section too, with nothing in it. */
function isFilled(elf: ElfFile, { name, offset, sizeBytes }: SectionHeader): boolean {
  return name !== '.bun' || elf.source.read(offset, Math.min(sizeBytes, 8)).some((byte) => byte !== 0);
}

function kindByEnd(elf: ElfFile, start: number): PayloadKind | null {
  const { source } = elf;
  const size = Math.min(Math.max(TAIL_BYTES, ZIP_END_BYTES), source.sizeBytes - start);
  const tail = source.read(source.sizeBytes - size, size);
  if (tail.lastIndexOf(PYINSTALLER_COOKIE) >= 0) return 'pyinstaller';
  // The trailer, and 8 bytes of the size of all.
  if (tail.toString('latin1', Math.max(0, size - 24)).startsWith('\n---- Bun! ----\n')) return 'bun';
  // Deno 1: the magic and two or four numbers of 64 bits.
  if (/d3n0l4nd/i.test(tail.toString('latin1', Math.max(0, size - 48)))) return 'deno';
  if (isNuitka(elf, tail)) return 'nuitka';
  return tail.lastIndexOf('PK\x05\x06', undefined, 'latin1') >= 0 ? 'zip' : null;
}

/** `KA` and X or Y (compressed) where the last 8 bytes say that it begins. nuitka/build/static_src/OnefileBootstrap.c */
function isNuitka({ source }: ElfFile, tail: Buffer): boolean {
  if (tail.length < 16) return false;
  const sizeBytes = tail.readBigUInt64LE(tail.length - 8);
  const start = source.sizeBytes - 8 - Number(sizeBytes);
  return start > 0 && /^KA[XY]$/.test(source.read(start, 3).toString('latin1'));
}

const STARTS: readonly (readonly [string, PayloadKind])[] = [
  ['hsqs', 'squashfs'],
  ['7z\xbc\xaf\x27\x1c', '7z'],
  ['\xfd7zXZ\x00', 'xz'],
  ['\x1f\x8b', 'gzip'],
  ['\x28\xb5\x2f\xfd', 'zstd'],
];

/** ustar's magic, in the header of the first file. */
const TAR_MAGIC_OFFSET = 257;

function kindByStart({ source }: ElfFile, start: number): PayloadKind | null {
  const head = source.read(start, 512).toString('latin1');
  const found = STARTS.find(([magic]) => head.startsWith(magic));
  if (found !== undefined) return found[1];
  return head.startsWith('ustar', TAR_MAGIC_OFFSET) ? 'tar' : null;
}
