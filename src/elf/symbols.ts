import { invalid, STRING_LIMIT_BYTES } from './byte-window.ts';
import type { ElfFile } from './elf-file.ts';
import { SHT } from './section-headers.ts';
import { DENSE_PAGE_BYTES, StringTable } from './string-table.ts';
import { Words } from './words.ts';

/** Elf32_Sym / Elf64_Sym. */
export interface ElfSymbol {
  readonly name: string;
  readonly binding: number;
  readonly type: number;
  /** st_shndx: SHN_UNDEF (0) is an import. */
  readonly sectionIndex: number;
  readonly value: number;
  readonly sizeBytes: number;
}

export const STB = { LOCAL: 0, GLOBAL: 1, WEAK: 2, GNU_UNIQUE: 10 } as const;
export const STT = { NOTYPE: 0, OBJECT: 1, FUNC: 2, SECTION: 3, FILE: 4, TLS: 6, GNU_IFUNC: 10 } as const;
export const SHN_UNDEF = 0;

export interface SymbolTable {
  readonly offset: number;
  readonly count: number;
  readonly strings: StringTable;
}

const SYM32_BYTES = 16;
const SYM64_BYTES = 24;
/** Read at once: 48 KiB at most. */
const CHUNK_ENTRIES = 2048;

export function symbolEntryBytes(elf: ElfFile): number {
  return elf.is64 ? SYM64_BYTES : SYM32_BYTES;
}

/** .symtab, which `strip` removes; null when it is not there. */
export function fullSymbolTable(elf: ElfFile): SymbolTable | null {
  const section = elf.sections().find(({ type }) => type === SHT.SYMTAB);
  const strings = section === undefined ? undefined : elf.sections()[section.link];
  if (section === undefined || strings === undefined || strings.type !== SHT.STRTAB) return null;
  const sizeBytes = Math.min(section.sizeBytes, elf.source.sizeBytes - section.offset);
  if (!(sizeBytes > 0)) return null;
  return {
    offset: section.offset,
    count: Math.floor(sizeBytes / symbolEntryBytes(elf)),
    strings: new StringTable(elf.source, strings.offset, strings.sizeBytes, DENSE_PAGE_BYTES),
  };
}

/** Whether `.symtab` is there. */
export function hasSymbolTable(elf: ElfFile): boolean {
  return elf.sections().some(({ type }) => type === SHT.SYMTAB);
}

/** Linkers share tails of names, but no table spells its strings out ten times. */
const NAME_REPEAT_LIMIT = 10;
const SMALL_NAMES_BYTES = 1024 * 1024;

/**
 * The entries of a symbol table one by one, with their index; entry 0 is the null symbol. The `undefined` ones alone are
 * few, and the others are passed over without reading their names. Errors: ELF_INVALID.
 */
export function* symbolsOf(
  elf: ElfFile,
  table: SymbolTable,
  which: 'all' | 'undefined' = 'all',
): Generator<{ readonly index: number; readonly symbol: ElfSymbol }> {
  const entryBytes = symbolEntryBytes(elf);
  const { littleEndian } = elf.header;
  let nameBytesLeft = Math.max(SMALL_NAMES_BYTES, table.strings.sizeBytes * NAME_REPEAT_LIMIT);
  for (let first = 0; first < table.count; first += CHUNK_ENTRIES) {
    const count = Math.min(CHUNK_ENTRIES, table.count - first);
    const start = table.offset + first * entryBytes;
    const bytes = elf.source.read(start, count * entryBytes);
    if (bytes.length < count * entryBytes) throw invalid(elf.source, start, 'symbols outside the file');
    const words = new Words(bytes, 0, bytes.length, littleEndian, elf.is64);
    for (let entry = 0; entry < count; entry++) {
      const sectionIndex = sectionIndexOf(words, entry, elf.is64);
      if (which === 'undefined' && sectionIndex !== SHN_UNDEF) continue;
      const nameOffset = words.u32((entry * entryBytes) / 4);
      const name = nameOffset === 0 ? '' : table.strings.get(nameOffset, STRING_LIMIT_BYTES);
      nameBytesLeft -= name.length;
      if (nameBytesLeft < 0) throw invalid(elf.source, start, 'the symbols repeat their names without end');
      const info = bytes[entry * entryBytes + (elf.is64 ? 4 : 12)] ?? 0;
      // Counted in addresses: an Elf64_Sym has three, st_value second; an Elf32_Sym four, st_value second too.
      const value = entry * (elf.is64 ? 3 : 4) + 1;
      yield {
        index: first + entry,
        symbol: {
          name,
          binding: info >> 4,
          type: info & 0xf,
          sectionIndex,
          value: words.address(value),
          sizeBytes: words.address(value + 1),
        },
      };
    }
  }
}

/** st_shndx, counted in numbers of 16 bits. */
const sectionIndexOf = (words: Words, entry: number, is64: boolean): number =>
  words.u16(is64 ? entry * 12 + 3 : entry * 8 + 7);

/**
 * Names of the functions in .symtab, local ones too; null when the file is stripped. In a static program these are
 * the members of the archives that were really linked (`getaddrinfo`, `system` …). With `wanted`, only those: a large
 * program has a million names. Errors: ELF_INVALID.
 */
export function symbolTableFunctions(elf: ElfFile, wanted?: readonly string[]): ReadonlySet<string> | null {
  const table = fullSymbolTable(elf);
  if (table === null) return null;
  const names = new Set<string>();
  const filter = wanted === undefined ? null : new Set(wanted);
  for (const { symbol } of symbolsOf(elf, table)) {
    const isFunction = symbol.type === STT.FUNC || symbol.type === STT.GNU_IFUNC;
    if (!isFunction || symbol.sectionIndex === SHN_UNDEF) continue;
    if (filter === null || filter.has(symbol.name)) names.add(symbol.name);
  }
  return names;
}

/** Names that an object file leaves to others, local labels of none; empty where there is no `.symtab`. Errors: ELF_INVALID. */
export function undefinedSymbols(elf: ElfFile): ReadonlySet<string> {
  const table = fullSymbolTable(elf);
  if (table === null) return new Set();
  const names = new Set<string>();
  for (const { symbol } of symbolsOf(elf, table, 'undefined')) if (symbol.name !== '') names.add(symbol.name);
  return names;
}
