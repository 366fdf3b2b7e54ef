import type { ByteSource } from '../core/byte-source.ts';
import { ByteWindow, invalid, readAtLeast } from './byte-window.ts';
import type { ElfHeader } from './elf-header.ts';
import { Words } from './words.ts';

/** Elf32_Phdr / Elf64_Phdr. */
export interface ProgramHeader {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly physicalAddress: number;
  readonly fileSizeBytes: number;
  readonly memorySizeBytes: number;
  readonly align: number;
}

export interface ByteRange {
  readonly offset: number;
  readonly sizeBytes: number;
}

/** p_type. */
export const PT = {
  LOAD: 1,
  DYNAMIC: 2,
  INTERP: 3,
  NOTE: 4,
  TLS: 7,
  GNU_STACK: 0x6474e551,
  GNU_RELRO: 0x6474e552,
  GNU_PROPERTY: 0x6474e553,
} as const;

/** p_flags. */
export const PF = { X: 1, W: 2, R: 4 } as const;

/** Linux starts nothing whose table is larger than 64 KiB (fs/binfmt_elf.c, load_elf_phdrs): 1,170 of 56 bytes. */
const PROGRAM_HEADER_LIMIT = 2048;
/** A core dump has one for each mapping of the process; vm.max_map_count is 65,530 unless raised. */
const CORE_PROGRAM_HEADER_LIMIT = 1 << 17;
const ET_CORE = 4;

const PHDR32_BYTES = 32;
const PHDR64_BYTES = 56;
/** In e_phnum: section 0 has the count. */
export const PN_XNUM = 0xffff;

/**
 * The program header table. A loader asks for two or three of a dozen entries, so each is parsed when it is asked for.
 * The members between type and align are the addresses 1 to 5 of an entry, in both classes.
 */
export class ProgramHeaderTable {
  /** p_type of each entry. */
  readonly types: readonly number[];
  readonly #words: Words;
  readonly #is64: boolean;
  /** Addresses in an entry. */
  readonly #step: number;

  constructor(words: Words, is64: boolean) {
    this.types = words.everyNth((is64 ? PHDR64_BYTES : PHDR32_BYTES) / 4);
    this.#words = words;
    this.#is64 = is64;
    this.#step = is64 ? PHDR64_BYTES / 8 : PHDR32_BYTES / 4;
  }

  /** What the first entry of a type has in the file. */
  range(type: number): ByteRange | undefined {
    const index = this.types.indexOf(type);
    if (index < 0) return undefined;
    const at = index * this.#step;
    return { offset: this.#words.address(at + 1), sizeBytes: this.#words.address(at + 4) };
  }

  /** Where the byte of a virtual address is in the file; null when no PT_LOAD has it there. */
  fileOffset(address: number): number | null {
    const words = this.#words;
    for (
      let index = this.types.indexOf(PT.LOAD);
      index >= 0;
      index = this.types.indexOf(PT.LOAD, index + 1)
    ) {
      const at = index * this.#step;
      const start = words.address(at + 2);
      if (address >= start && address - start < words.address(at + 4)) {
        return words.address(at + 1) + (address - start);
      }
    }
    return null;
  }

  parse(index: number): ProgramHeader {
    const words = this.#words;
    const at = index * this.#step;
    return {
      type: this.types[index] ?? 0,
      flags: words.u32(this.#is64 ? 2 * at + 1 : at + 6),
      offset: words.address(at + 1),
      address: words.address(at + 2),
      physicalAddress: words.address(at + 3),
      fileSizeBytes: words.address(at + 4),
      memorySizeBytes: words.address(at + 5),
      align: words.address(at + this.#step - 1),
    };
  }
}

/** The program header table, mostly in `head`; empty for a file that has none. Errors: ELF_INVALID. */
export function readProgramHeaders(source: ByteSource, header: ElfHeader, head: Buffer): ProgramHeaderTable {
  const count = programHeaderCount(source, header);
  const is64 = header.class === 64;
  if (count === 0 || header.programHeaderOffset === 0) {
    return new ProgramHeaderTable(new Words(head, 0, 0, header.littleEndian, is64), is64);
  }
  const size = is64 ? PHDR64_BYTES : PHDR32_BYTES;
  if (header.programHeaderEntrySize !== size) {
    throw invalid(
      source,
      header.programHeaderOffset,
      `e_phentsize is ${header.programHeaderEntrySize}, not ${size}`,
    );
  }
  const end = header.programHeaderOffset + count * size;
  const limit = header.type === ET_CORE ? CORE_PROGRAM_HEADER_LIMIT : PROGRAM_HEADER_LIMIT;
  if (count > limit || end > source.sizeBytes) {
    throw invalid(source, header.programHeaderOffset, `${count} program headers do not fit`);
  }
  const start = header.programHeaderOffset;
  const words =
    end <= head.length
      ? new Words(head, start, count * size, header.littleEndian, is64)
      : new Words(readAtLeast(source, start, count * size), 0, count * size, header.littleEndian, is64);
  return new ProgramHeaderTable(words, is64);
}

// e_phnum is 16 bits; PN_XNUM (0xffff) means that the real count is in section 0's sh_info. gABI ch. 4.
function programHeaderCount(source: ByteSource, header: ElfHeader): number {
  if (header.programHeaderCount !== PN_XNUM || header.sectionHeaderOffset === 0)
    return header.programHeaderCount;
  return new ByteWindow(source, header.littleEndian).u32(
    header.sectionHeaderOffset + (header.class === 64 ? 44 : 28),
  );
}
