import type { ByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import { ByteWindow, invalid, WINDOW_BYTES } from './byte-window.ts';
import { Words } from './words.ts';

/** Elf32_Ehdr / Elf64_Ehdr. gABI ch. 4. */
export interface ElfHeader {
  readonly class: 32 | 64;
  readonly littleEndian: boolean;
  /** EI_OSABI: 0 System V, 3 GNU … Set by bfd for IFUNC and unique symbols, left 0 by lld: says nothing about the libc. */
  readonly osAbi: number;
  readonly abiVersion: number;
  /** e_type: 1 REL, 2 EXEC, 3 DYN, 4 CORE. */
  readonly type: number;
  readonly machine: number;
  readonly version: number;
  readonly entry: number;
  readonly programHeaderOffset: number;
  readonly sectionHeaderOffset: number;
  readonly flags: number;
  readonly headerSizeBytes: number;
  readonly programHeaderEntrySize: number;
  /** As written; PN_XNUM (0xffff) is resolved by `readProgramHeaders`. */
  readonly programHeaderCount: number;
  readonly sectionHeaderEntrySize: number;
  /** As written; 0 with a section header table means that section 0 holds the count. */
  readonly sectionHeaderCount: number;
  readonly sectionNameIndex: number;
}

const EHDR32_BYTES = 52;
const EHDR64_BYTES = 64;

/** Whether the bytes begin as an ELF file does; says nothing about the rest. */
export function isElf(source: ByteSource): boolean {
  return beginsWithMagic(source.read(0, 4));
}

/** Reads the header and leaves the first page in `window`. Errors: NOT_AN_EXECUTABLE (no ELF magic), ELF_INVALID. */
export function readElfHeader(source: ByteSource): {
  readonly header: ElfHeader;
  readonly window: ByteWindow;
} {
  const first = source.read(0, WINDOW_BYTES);
  if (!beginsWithMagic(first)) {
    throw new MorselError('NOT_AN_EXECUTABLE', `${source.name} is not an ELF file`, {
      hint: source.sizeBytes === 0 ? 'the file is empty' : 'name a compiled Linux program or library',
    });
  }
  const elfClass = first[4] === 1 ? 32 : first[4] === 2 ? 64 : undefined;
  if (elfClass === undefined) throw invalid(source, 4, `EI_CLASS is ${first[4]}`);
  if (first[5] !== 1 && first[5] !== 2) throw invalid(source, 5, `EI_DATA is ${first[5]}`);
  if (first.length < (elfClass === 64 ? EHDR64_BYTES : EHDR32_BYTES))
    throw invalid(source, 0, 'the header is cut off');
  const window = new ByteWindow(source, first[5] === 1).preload(first, 0);
  return { header: parseHeader(first, elfClass, first[5] === 1), window };
}

function beginsWithMagic(bytes: Buffer): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

function parseHeader(bytes: Buffer, elfClass: 32 | 64, littleEndian: boolean): ElfHeader {
  const is64 = elfClass === 64;
  const words = new Words(bytes.subarray(0, is64 ? EHDR64_BYTES : EHDR32_BYTES), littleEndian);
  // From e_flags on the two classes are equal; before it stand three addresses.
  const flagsAt = is64 ? 12 : 9;
  const halves = flagsAt * 2 + 2;
  return {
    class: elfClass,
    littleEndian,
    osAbi: bytes[7] ?? 0,
    abiVersion: bytes[8] ?? 0,
    type: words.u16(8),
    machine: words.u16(9),
    version: words.u32(5),
    entry: is64 ? words.u64(6) : words.u32(6),
    programHeaderOffset: is64 ? words.u64(8) : words.u32(7),
    sectionHeaderOffset: is64 ? words.u64(10) : words.u32(8),
    flags: words.u32(flagsAt),
    headerSizeBytes: words.u16(halves),
    programHeaderEntrySize: words.u16(halves + 1),
    programHeaderCount: words.u16(halves + 2),
    sectionHeaderEntrySize: words.u16(halves + 3),
    sectionHeaderCount: words.u16(halves + 4),
    sectionNameIndex: words.u16(halves + 5),
  };
}
