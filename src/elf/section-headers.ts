import type { ByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import { ByteWindow, invalid } from './byte-window.ts';
import type { ElfHeader } from './elf-header.ts';
import { StringTable } from './string-table.ts';

/** Elf32_Shdr / Elf64_Shdr with its name. */
export interface SectionHeader {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly sizeBytes: number;
  readonly link: number;
  readonly info: number;
  readonly align: number;
  readonly entrySizeBytes: number;
}

/** sh_type. */
export const SHT = {
  PROGBITS: 1,
  SYMTAB: 2,
  STRTAB: 3,
  RELA: 4,
  DYNAMIC: 6,
  NOTE: 7,
  NOBITS: 8,
  REL: 9,
  DYNSYM: 11,
} as const;

/** sh_flags. */
export const SHF = { ALLOC: 2, EXECINSTR: 4 } as const;

/** `-ffunction-sections` objects pass 65,535; nothing that runs comes near this. */
const SECTION_LIMIT = 1 << 17;

const SHDR32_BYTES = 40;
const SHDR64_BYTES = 64;
const SHN_XINDEX = 0xffff;
/** The names of sections are short; objects made by `-ffunction-sections` carry the mangled names of functions. */
const SECTION_NAMES_LIMIT_BYTES = 16 * 1024 * 1024;

/**
 * The section headers, or an empty list when the file has none *or when they are damaged*: nothing that runs needs
 * them (sstripped files have none, and some tools leave wild values), so they never decide whether a file is valid.
 */
export function readSectionHeaders(source: ByteSource, header: ElfHeader): readonly SectionHeader[] {
  try {
    return parseTable(new ByteWindow(source, header.littleEndian, 16 * 1024), header);
  } catch (error) {
    if (error instanceof MorselError && error.code === 'ELF_INVALID') return [];
    throw error;
  }
}

function parseTable(window: ByteWindow, header: ElfHeader): readonly SectionHeader[] {
  const is64 = header.class === 64;
  const size = is64 ? SHDR64_BYTES : SHDR32_BYTES;
  const start = header.sectionHeaderOffset;
  if (start === 0 || header.sectionHeaderEntrySize !== size) return [];
  const parse = is64 ? parse64 : parse32;
  const first = parse(window, start);
  // e_shnum and e_shstrndx are 16 bits; section 0 holds the real ones. gABI ch. 4, "Section Header Table Entry: 0".
  const count = header.sectionHeaderCount === 0 ? first.sizeBytes : header.sectionHeaderCount;
  const nameIndex = header.sectionNameIndex === SHN_XINDEX ? first.link : header.sectionNameIndex;
  if (count > SECTION_LIMIT || start + count * size > window.source.sizeBytes) return [];
  const raw: RawSection[] = [];
  for (let index = 0; index < count; index++) raw.push(parse(window, start + index * size));
  const names = raw[nameIndex];
  if (names === undefined || names.type === SHT.NOBITS)
    return raw.map((section) => ({ ...section, name: '' }));
  const strings = new StringTable(window.source, names.offset, names.sizeBytes);
  let nameBytes = 0;
  return raw.map((section) => {
    const name = section.nameOffset < strings.sizeBytes ? strings.get(section.nameOffset) : '';
    nameBytes += name.length;
    if (nameBytes > SECTION_NAMES_LIMIT_BYTES)
      throw invalid(window.source, names.offset, 'too long section names');
    return { ...section, name };
  });
}

interface RawSection extends Omit<SectionHeader, 'name'> {
  readonly nameOffset: number;
}

function parse64(window: ByteWindow, at: number): RawSection {
  return {
    nameOffset: window.u32(at),
    type: window.u32(at + 4),
    flags: window.u64(at + 8),
    address: window.u64(at + 16),
    offset: window.u64(at + 24),
    sizeBytes: window.u64(at + 32),
    link: window.u32(at + 40),
    info: window.u32(at + 44),
    align: window.u64(at + 48),
    entrySizeBytes: window.u64(at + 56),
  };
}

function parse32(window: ByteWindow, at: number): RawSection {
  return {
    nameOffset: window.u32(at),
    type: window.u32(at + 4),
    flags: window.u32(at + 8),
    address: window.u32(at + 12),
    offset: window.u32(at + 16),
    sizeBytes: window.u32(at + 20),
    link: window.u32(at + 24),
    info: window.u32(at + 28),
    align: window.u32(at + 32),
    entrySizeBytes: window.u32(at + 36),
  };
}
