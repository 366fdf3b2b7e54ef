import { type ByteWindow, invalid } from './byte-window.ts';
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
export const PROGRAM_HEADER_LIMIT = 2048;
/** A core dump has one for each mapping of the process; vm.max_map_count is 65,530 unless raised. */
export const CORE_PROGRAM_HEADER_LIMIT = 1 << 17;
const ET_CORE = 4;

const PHDR32_BYTES = 32;
const PHDR64_BYTES = 56;
const PN_XNUM = 0xffff;

/** The program header table; empty for a file that has none. Errors: ELF_INVALID. */
export function readProgramHeaders(window: ByteWindow, header: ElfHeader): readonly ProgramHeader[] {
  const count = programHeaderCount(window, header);
  if (count === 0 || header.programHeaderOffset === 0) return [];
  const is64 = header.class === 64;
  const size = is64 ? PHDR64_BYTES : PHDR32_BYTES;
  if (header.programHeaderEntrySize !== size) {
    throw invalid(
      window.source,
      header.programHeaderOffset,
      `e_phentsize is ${header.programHeaderEntrySize}, not ${size}`,
    );
  }
  const end = header.programHeaderOffset + count * size;
  const limit = header.type === ET_CORE ? CORE_PROGRAM_HEADER_LIMIT : PROGRAM_HEADER_LIMIT;
  if (count > limit || end > window.source.sizeBytes) {
    throw invalid(window.source, header.programHeaderOffset, `${count} program headers do not fit`);
  }
  const bytes = window.bytes(header.programHeaderOffset, count * size);
  const words = new Words(bytes, header.littleEndian);
  const headers: ProgramHeader[] = [];
  for (let index = 0; index < count; index++) {
    headers.push(is64 ? parse64(words, (index * size) / 4) : parse32(words, (index * size) / 4));
  }
  return headers;
}

// e_phnum is 16 bits; PN_XNUM (0xffff) means that the real count is in section 0's sh_info. gABI ch. 4.
function programHeaderCount(window: ByteWindow, header: ElfHeader): number {
  if (header.programHeaderCount !== PN_XNUM || header.sectionHeaderOffset === 0)
    return header.programHeaderCount;
  return window.u32(header.sectionHeaderOffset + (header.class === 64 ? 44 : 28));
}

function parse64(words: Words, at: number): ProgramHeader {
  return {
    type: words.u32(at),
    flags: words.u32(at + 1),
    offset: words.u64(at + 2),
    address: words.u64(at + 4),
    physicalAddress: words.u64(at + 6),
    fileSizeBytes: words.u64(at + 8),
    memorySizeBytes: words.u64(at + 10),
    align: words.u64(at + 12),
  };
}

function parse32(words: Words, at: number): ProgramHeader {
  return {
    type: words.u32(at),
    flags: words.u32(at + 6),
    offset: words.u32(at + 1),
    address: words.u32(at + 2),
    physicalAddress: words.u32(at + 3),
    fileSizeBytes: words.u32(at + 4),
    memorySizeBytes: words.u32(at + 5),
    align: words.u32(at + 7),
  };
}
