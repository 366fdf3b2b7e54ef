import { ByteWindow, invalid, STRING_LIMIT_BYTES } from './byte-window.ts';
import type { ElfFile } from './elf-file.ts';
import { PT } from './program-headers.ts';
import { SHT } from './section-headers.ts';
import { NAME_LIMIT_BYTES, StringTable } from './string-table.ts';

/** d_tag, as far as morsel asks for them. gABI ch. 5, and glibc's elf.h for the GNU ones. */
export const DT = {
  NULL: 0,
  NEEDED: 1,
  PLTRELSZ: 2,
  HASH: 4,
  STRTAB: 5,
  SYMTAB: 6,
  RELA: 7,
  RELASZ: 8,
  RELAENT: 9,
  STRSZ: 10,
  SYMENT: 11,
  SONAME: 14,
  RPATH: 15,
  REL: 17,
  RELSZ: 18,
  RELENT: 19,
  PLTREL: 20,
  TEXTREL: 22,
  JMPREL: 23,
  RUNPATH: 29,
  FLAGS: 30,
  RELRSZ: 35,
  RELR: 36,
  GNU_HASH: 0x6ffffef5,
  VERSYM: 0x6ffffff0,
  RELACOUNT: 0x6ffffff9,
  RELCOUNT: 0x6ffffffa,
  FLAGS_1: 0x6ffffffb,
  VERDEF: 0x6ffffffc,
  VERDEFNUM: 0x6ffffffd,
  VERNEED: 0x6ffffffe,
  VERNEEDNUM: 0x6fffffff,
  MIPS_SYMTABNO: 0x70000011,
} as const;

/** DT_FLAGS. */
export const DF = { TEXTREL: 4, BIND_NOW: 8, STATIC_TLS: 16 } as const;

/** DT_FLAGS_1. */
export const DF_1 = { NOW: 1, NODEFLIB: 0x800, PIE: 0x0800_0000 } as const;

/** A large C++ program has some hundred, nearly all of them DT_NEEDED. */
export const DYNAMIC_ENTRY_LIMIT = 4096;

export interface DynamicEntry {
  readonly tag: number;
  readonly value: number;
}

/** The entries before DT_NULL, and the string table that they point into. */
export class DynamicSection {
  readonly entries: readonly DynamicEntry[];
  readonly strings: StringTable | null;

  constructor(entries: readonly DynamicEntry[], strings: StringTable | null) {
    this.entries = entries;
    this.strings = strings;
  }

  /** The value of the last entry with this tag, as ld.so keeps it; undefined when there is none. */
  value(tag: number): number | undefined {
    return this.entries.findLast((entry) => entry.tag === tag)?.value;
  }

  /** The strings of all entries with this tag, in file order. */
  names(tag: number): readonly string[] {
    return this.entries
      .filter((entry) => entry.tag === tag)
      .map((entry) => this.#string(entry, NAME_LIMIT_BYTES));
  }

  /** The string of the last entry with this tag; null when there is none. */
  name(tag: number): string | null {
    const entry = this.entries.findLast((candidate) => candidate.tag === tag);
    return entry === undefined ? null : this.#string(entry, STRING_LIMIT_BYTES);
  }

  #string(entry: DynamicEntry, limitBytes: number): string {
    return this.strings?.get(entry.value, limitBytes) ?? '';
  }
}

/** The dynamic section by PT_DYNAMIC; null for a file that has none. Errors: ELF_INVALID. */
export function readDynamicSection(elf: ElfFile): DynamicSection | null {
  const segment = elf.programHeaders.find((header) => header.type === PT.DYNAMIC);
  if (segment === undefined || segment.fileSizeBytes === 0) return null;
  const entrySize = elf.is64 ? 16 : 8;
  const count = Math.floor(segment.fileSizeBytes / entrySize);
  if (count > DYNAMIC_ENTRY_LIMIT) throw invalid(elf.source, segment.offset, `${count} dynamic entries`);
  const window = new ByteWindow(
    elf.source,
    elf.header.littleEndian,
    Math.min(segment.fileSizeBytes, 16 * 1024),
  );
  const entries: DynamicEntry[] = [];
  for (let at = segment.offset; entries.length < count; at += entrySize) {
    const tag = window.word(at, elf.is64);
    if (tag === DT.NULL) break;
    entries.push({ tag, value: window.word(at + entrySize / 2, elf.is64) });
  }
  const strings = dynamicStrings(elf, entries);
  // A detached .debug file keeps the program headers of its program, but not the bytes: they are other sections' now.
  if (
    strings === null &&
    elf.sections().some((section) => section.name === '.dynamic' && section.type === SHT.NOBITS)
  )
    return null;
  if (strings === null && entries.some((entry) => entry.tag === DT.NEEDED)) {
    throw invalid(elf.source, segment.offset, 'DT_NEEDED without a string table');
  }
  return new DynamicSection(entries, strings);
}

function dynamicStrings(elf: ElfFile, entries: readonly DynamicEntry[]): StringTable | null {
  const address = entries.findLast((entry) => entry.tag === DT.STRTAB)?.value;
  const sizeBytes = entries.findLast((entry) => entry.tag === DT.STRSZ)?.value;
  if (address === undefined || sizeBytes === undefined) return null;
  const offset = elf.fileOffset(address);
  return offset === null ? null : new StringTable(elf.source, offset, sizeBytes);
}
