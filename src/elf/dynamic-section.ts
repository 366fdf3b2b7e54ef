import { invalid, STRING_LIMIT_BYTES } from './byte-window.ts';
import type { ElfFile } from './elf-file.ts';
import { type ProgramHeader, PT } from './program-headers.ts';
import { SHT } from './section-headers.ts';
import { NAME_LIMIT_BYTES, StringTable } from './string-table.ts';
import { Words } from './words.ts';

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
    return lastEntry(this.entries, tag)?.value;
  }

  /** The strings of all entries with this tag, in file order. */
  names(tag: number): readonly string[] {
    const names: string[] = [];
    for (const entry of this.entries) {
      if (entry.tag === tag) names.push(this.#string(entry, NAME_LIMIT_BYTES));
    }
    return names;
  }

  /** The string of the last entry with this tag; null when there is none. */
  name(tag: number): string | null {
    const entry = lastEntry(this.entries, tag);
    return entry === undefined ? null : this.#string(entry, STRING_LIMIT_BYTES);
  }

  #string(entry: DynamicEntry, limitBytes: number): string {
    return this.strings?.get(entry.value, limitBytes) ?? '';
  }
}

function lastEntry(entries: readonly DynamicEntry[], tag: number): DynamicEntry | undefined {
  // A plain loop: this is asked for a dozen tags of every object of a closure.
  for (let index = entries.length - 1; index >= 0; index--) {
    const entry = entries[index];
    if (entry !== undefined && entry.tag === tag) return entry;
  }
  return undefined;
}

/** The dynamic section by PT_DYNAMIC; null for a file that has none. Errors: ELF_INVALID. */
export function readDynamicSection(elf: ElfFile): DynamicSection | null {
  const segment = elf.segment(PT.DYNAMIC);
  if (segment === undefined || segment.fileSizeBytes === 0) return null;
  const entries = readEntries(elf, segment);
  const strings = dynamicStrings(elf, entries);
  if (strings === null && isOnlyInMemory(elf)) return null;
  if (strings === null && lastEntry(entries, DT.NEEDED) !== undefined) {
    throw invalid(elf.source, segment.offset, 'DT_NEEDED without a string table');
  }
  return new DynamicSection(entries, strings);
}

function readEntries(elf: ElfFile, segment: ProgramHeader): readonly DynamicEntry[] {
  const { is64, source } = elf;
  const entrySize = is64 ? 16 : 8;
  const count = Math.floor(segment.fileSizeBytes / entrySize);
  if (count > DYNAMIC_ENTRY_LIMIT) throw invalid(source, segment.offset, `${count} dynamic entries`);
  const words = new Words(source.read(segment.offset, count * entrySize), elf.header.littleEndian);
  const entries: DynamicEntry[] = [];
  const step = entrySize / 4;
  for (let at = 0; at + step <= words.length; at += step) {
    const tag = is64 ? words.u64(at) : words.u32(at);
    if (tag === DT.NULL) return entries;
    entries.push({ tag, value: is64 ? words.u64(at + 2) : words.u32(at + 1) });
  }
  if (entries.length < count) throw invalid(source, segment.offset, 'the dynamic section is cut off');
  return entries;
}

/** A detached .debug file keeps the program headers of its program, but not the bytes: they are other sections' now. */
function isOnlyInMemory(elf: ElfFile): boolean {
  return elf.sections().some(({ name, type }) => name === '.dynamic' && type === SHT.NOBITS);
}

function dynamicStrings(elf: ElfFile, entries: readonly DynamicEntry[]): StringTable | null {
  const address = lastEntry(entries, DT.STRTAB)?.value;
  const sizeBytes = lastEntry(entries, DT.STRSZ)?.value;
  if (address === undefined || sizeBytes === undefined) return null;
  const offset = elf.fileOffset(address);
  return offset === null ? null : new StringTable(elf.source, offset, sizeBytes);
}
