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
  readonly strings: StringTable | null;
  readonly #words: Words;
  readonly #is64: boolean;
  readonly #last: ReadonlyMap<number, number>;
  readonly #needed: readonly number[];

  constructor(table: DynamicTable, is64: boolean, strings: StringTable | null) {
    this.strings = strings;
    this.#words = table.words;
    this.#is64 = is64;
    this.#last = table.last;
    this.#needed = table.needed;
  }

  /** All entries in file order, for those who want more than the last of each tag. */
  entries(): readonly DynamicEntry[] {
    const entries: DynamicEntry[] = [];
    forEachEntry(this.#words, this.#is64, (tag, value) => entries.push({ tag, value }));
    return entries;
  }

  /** The value of the last entry with this tag, as ld.so keeps it; undefined when there is none. */
  value(tag: number): number | undefined {
    return this.#last.get(tag);
  }

  /** DT_NEEDED in file order. */
  needed(): readonly string[] {
    return this.#needed.map((offset) => this.#string(offset, NAME_LIMIT_BYTES));
  }

  /** The string of the last entry with this tag; null when there is none. */
  name(tag: number): string | null {
    const offset = this.#last.get(tag);
    return offset === undefined ? null : this.#string(offset, STRING_LIMIT_BYTES);
  }

  #string(offset: number, limitBytes: number): string {
    return this.strings?.get(offset, limitBytes) ?? '';
  }
}

/** What one pass over the entries gathers: a closure asks a dozen tags of each of its objects. */
interface DynamicTable {
  readonly words: Words;
  readonly last: ReadonlyMap<number, number>;
  readonly needed: readonly number[];
}

/** The dynamic section by PT_DYNAMIC; null for a file that has none. Errors: ELF_INVALID. */
export function readDynamicSection(elf: ElfFile): DynamicSection | null {
  const segment = elf.segment(PT.DYNAMIC);
  if (segment === undefined || segment.fileSizeBytes === 0) return null;
  const table = readTable(elf, segment);
  const strings = dynamicStrings(elf, table.last);
  if (strings === null && isOnlyInMemory(elf)) return null;
  if (strings === null && table.needed.length > 0) {
    throw invalid(elf.source, segment.offset, 'DT_NEEDED without a string table');
  }
  return new DynamicSection(table, elf.is64, strings);
}

function readTable(elf: ElfFile, segment: ProgramHeader): DynamicTable {
  const { is64, source } = elf;
  const entrySize = is64 ? 16 : 8;
  const count = Math.floor(segment.fileSizeBytes / entrySize);
  if (count > DYNAMIC_ENTRY_LIMIT) throw invalid(source, segment.offset, `${count} dynamic entries`);
  const words = new Words(source.read(segment.offset, count * entrySize), elf.header.littleEndian);
  const last = new Map<number, number>();
  const needed: number[] = [];
  const wasEnded = forEachEntry(words, is64, (tag, value) => {
    if (tag === DT.NEEDED) needed.push(value);
    else last.set(tag, value);
  });
  if (!wasEnded && words.length * 4 < count * entrySize) {
    throw invalid(source, segment.offset, 'the dynamic section is cut off');
  }
  return { words, last, needed };
}

/** Whether DT_NULL was met; the segment's end is an end as well. */
function forEachEntry(words: Words, is64: boolean, take: (tag: number, value: number) => void): boolean {
  const step = is64 ? 4 : 2;
  for (let at = 0; at + step <= words.length; at += step) {
    const tag = is64 ? words.u64(at) : words.u32(at);
    if (tag === DT.NULL) return true;
    take(tag, is64 ? words.u64(at + 2) : words.u32(at + 1));
  }
  return false;
}

/** A detached .debug file keeps the program headers of its program, but not the bytes: they are other sections' now. */
function isOnlyInMemory(elf: ElfFile): boolean {
  return elf.sections().some(({ name, type }) => name === '.dynamic' && type === SHT.NOBITS);
}

function dynamicStrings(elf: ElfFile, last: ReadonlyMap<number, number>): StringTable | null {
  const address = last.get(DT.STRTAB);
  const sizeBytes = last.get(DT.STRSZ);
  if (address === undefined || sizeBytes === undefined) return null;
  const offset = elf.fileOffset(address);
  return offset === null ? null : new StringTable(elf.source, offset, sizeBytes);
}
