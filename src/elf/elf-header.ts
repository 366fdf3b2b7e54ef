import type { ByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import { Words } from './words.ts';
import { invalid } from './byte-window.ts';

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

/** The header, from the first bytes of a file. Errors: NOT_AN_EXECUTABLE (no ELF magic), ELF_INVALID. */
export function parseElfHeader(source: ByteSource, head: Buffer): ElfHeader {
  if (!beginsWithMagic(head)) {
    throw new MorselError('NOT_AN_EXECUTABLE', `${source.name} is not an ELF file`, {
      hint:
        source.sizeBytes === 0
          ? 'build or download it again: it is empty'
          : 'name a compiled Linux program or library',
    });
  }
  const elfClass = head[4] === 1 ? 32 : head[4] === 2 ? 64 : undefined;
  if (elfClass === undefined) throw invalid(source, 4, `EI_CLASS is ${head[4]}`);
  if (head[5] !== 1 && head[5] !== 2) throw invalid(source, 5, `EI_DATA is ${head[5]}`);
  if (head.length < (elfClass === 64 ? EHDR64_BYTES : EHDR32_BYTES))
    throw invalid(source, 0, 'the header is cut off');
  return parseFields(head, elfClass, head[5] === 1);
}

function beginsWithMagic(bytes: Buffer): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

function parseFields(head: Buffer, elfClass: 32 | 64, littleEndian: boolean): ElfHeader {
  const is64 = elfClass === 64;
  const words = new Words(head, 0, is64 ? EHDR64_BYTES : EHDR32_BYTES, littleEndian, is64);
  // e_entry, e_phoff and e_shoff stand at byte 24; behind them the two classes are equal.
  const addresses = is64 ? 3 : 6;
  const flags = is64 ? 12 : 9;
  const halves = 2 * flags + 2;
  return {
    class: elfClass,
    littleEndian,
    osAbi: head[7] ?? 0,
    abiVersion: head[8] ?? 0,
    type: words.u16(8),
    machine: words.u16(9),
    version: words.u32(5),
    entry: words.address(addresses),
    programHeaderOffset: words.address(addresses + 1),
    sectionHeaderOffset: words.address(addresses + 2),
    flags: words.u32(flags),
    headerSizeBytes: words.u16(halves),
    programHeaderEntrySize: words.u16(halves + 1),
    programHeaderCount: words.u16(halves + 2),
    sectionHeaderEntrySize: words.u16(halves + 3),
    sectionHeaderCount: words.u16(halves + 4),
    sectionNameIndex: words.u16(halves + 5),
  };
}
