import type { ByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import { ByteWindow, invalid, WINDOW_BYTES } from './byte-window.ts';

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

const MAGIC = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);
const EHDR32_BYTES = 52;
const EHDR64_BYTES = 64;

/** Whether the bytes begin as an ELF file does; says nothing about the rest. */
export function isElf(source: ByteSource): boolean {
  return source.read(0, MAGIC.length).equals(MAGIC);
}

/** Reads the header and leaves the first page in `window`. Errors: NOT_AN_EXECUTABLE (no ELF magic), ELF_INVALID. */
export function readElfHeader(source: ByteSource): {
  readonly header: ElfHeader;
  readonly window: ByteWindow;
} {
  const first = source.read(0, WINDOW_BYTES);
  if (!first.subarray(0, 4).equals(MAGIC)) {
    throw new MorselError('NOT_AN_EXECUTABLE', `${source.name} is not an ELF file`, {
      hint: source.sizeBytes === 0 ? 'the file is empty' : 'name a compiled Linux program or library',
    });
  }
  if (first.length < EHDR32_BYTES) throw invalid(source, 0, 'the header is cut off');
  const elfClass = first[4] === 1 ? 32 : first[4] === 2 ? 64 : undefined;
  if (elfClass === undefined) throw invalid(source, 4, `EI_CLASS is ${first[4]}`);
  if (first[5] !== 1 && first[5] !== 2) throw invalid(source, 5, `EI_DATA is ${first[5]}`);
  const littleEndian = first[5] === 1;
  if (elfClass === 64 && first.length < EHDR64_BYTES) throw invalid(source, 0, 'the header is cut off');
  const window = new ByteWindow(source, littleEndian).preload(first, 0);
  return { header: parseHeader(window, elfClass), window };
}

function parseHeader(window: ByteWindow, elfClass: 32 | 64): ElfHeader {
  const is64 = elfClass === 64;
  const afterAddresses = is64 ? 48 : 36;
  return {
    class: elfClass,
    littleEndian: window.littleEndian,
    osAbi: window.u8(7),
    abiVersion: window.u8(8),
    type: window.u16(16),
    machine: window.u16(18),
    version: window.u32(20),
    entry: window.word(24, is64),
    programHeaderOffset: window.word(is64 ? 32 : 28, is64),
    sectionHeaderOffset: window.word(is64 ? 40 : 32, is64),
    flags: window.u32(afterAddresses),
    headerSizeBytes: window.u16(afterAddresses + 4),
    programHeaderEntrySize: window.u16(afterAddresses + 6),
    programHeaderCount: window.u16(afterAddresses + 8),
    sectionHeaderEntrySize: window.u16(afterAddresses + 10),
    sectionHeaderCount: window.u16(afterAddresses + 12),
    sectionNameIndex: window.u16(afterAddresses + 14),
  };
}
