import { machineOfElf, type MachineName } from '../core/machines.ts';
import { ByteWindow, invalid } from './byte-window.ts';
import { DT, type DynamicSection } from './dynamic-section.ts';
import type { ElfFile } from './elf-file.ts';
import { SHT } from './section-headers.ts';
import { readVersionDefinitions, readVersionNeeds } from './symbol-versions.ts';
import {
  type ElfSymbol,
  SHN_UNDEF,
  STB,
  STT,
  symbolEntryBytes,
  symbolsOf,
  type SymbolTable,
} from './symbols.ts';
import { Words } from './words.ts';

/** libLLVM has some sixty thousand. */
export const DYNAMIC_SYMBOL_LIMIT = 1 << 20;

/** Numbers of 32 bits that are read at once. */
const CHUNK_WORDS = 4096;

/** The machines whose DT_HASH has words of 64 bits. */
const WIDE_HASH_MACHINES: ReadonlySet<MachineName | null> = new Set<MachineName>(['s390x', 'alpha']);

/** The dynamic symbol table; null when there is none. Errors: ELF_INVALID. */
export function dynamicSymbolTable(elf: ElfFile): SymbolTable | null {
  const dynamic = elf.dynamic();
  const address = dynamic?.value(DT.SYMTAB);
  if (dynamic === null || address === undefined || dynamic.strings === null) return null;
  const offset = elf.fileOffset(address);
  if (offset === null) throw invalid(elf.source, address, 'DT_SYMTAB is not in the file');
  const count = Math.min(
    dynamicSymbolCount(elf, dynamic, address),
    Math.floor((elf.source.sizeBytes - offset) / symbolEntryBytes(elf)),
  );
  if (count > DYNAMIC_SYMBOL_LIMIT) throw invalid(elf.source, offset, `${count} dynamic symbols`);
  return { offset, count, strings: dynamic.strings.dense() };
}

/** No tag says how many dynamic symbols there are: the hash tables do, and where they are empty, the next table's place. */
function dynamicSymbolCount(elf: ElfFile, dynamic: DynamicSection, symtab: number): number {
  const byHash =
    countBySysvHash(elf, dynamic) ?? dynamic.value(DT.MIPS_SYMTABNO) ?? countByGnuHash(elf, dynamic);
  if (byHash !== null) return byHash;
  const section = elf.sections().find(({ type, address }) => type === SHT.DYNSYM && address === symtab);
  if (section !== undefined) return Math.floor(section.sizeBytes / symbolEntryBytes(elf));
  return countByNextTable(elf, dynamic, symtab);
}

/** DT_HASH: nbucket, nchain; nchain is the number of symbols. gABI ch. 5. */
function countBySysvHash(elf: ElfFile, dynamic: DynamicSection): number | null {
  const offset = tableOffset(elf, dynamic, DT.HASH);
  if (offset === null) return null;
  const window = new ByteWindow(elf.source, elf.header.littleEndian);
  if (elf.is64 && WIDE_HASH_MACHINES.has(machineOfElf(elf.header))) {
    const buckets = window.u64(offset);
    const chains = window.u64(offset + 8);
    // lld writes words of 32 bits for these machines too, which read as absurd numbers here.
    if ((2 + buckets + chains) * 8 <= elf.source.sizeBytes - offset) return chains;
  }
  return window.u32(offset + 4);
}

/**
 * DT_GNU_HASH holds the exports only, which stand last: the end of the chain of the highest bucket is the last
 * symbol. A program without exports has an empty one, which says nothing about its imports: null.
 */
function countByGnuHash(elf: ElfFile, dynamic: DynamicSection): number | null {
  const offset = tableOffset(elf, dynamic, DT.GNU_HASH);
  if (offset === null) return null;
  const window = new ByteWindow(elf.source, elf.header.littleEndian, 16 * 1024);
  const bucketCount = window.u32(offset);
  const firstHashed = window.u32(offset + 4);
  const bloomWords = window.u32(offset + 8);
  const buckets = offset + 16 + bloomWords * (elf.is64 ? 8 : 4);
  const chains = buckets + bucketCount * 4;
  if (bucketCount > DYNAMIC_SYMBOL_LIMIT || chains > elf.source.sizeBytes)
    throw invalid(elf.source, offset, 'DT_GNU_HASH does not fit');
  let last = highestWord(elf, buckets, bucketCount);
  if (last < firstHashed || last === 0) return null;
  while ((window.u32(chains + (last - firstHashed) * 4) & 1) === 0) {
    if (++last > DYNAMIC_SYMBOL_LIMIT)
      throw invalid(elf.source, chains, 'a chain of DT_GNU_HASH does not end');
  }
  return last + 1;
}

/** Of a table of numbers of 32 bits that is in the file. */
function highestWord(elf: ElfFile, offset: number, count: number): number {
  let highest = 0;
  for (let first = 0; first < count; first += CHUNK_WORDS) {
    const bytes = elf.source.read(offset + first * 4, Math.min(CHUNK_WORDS, count - first) * 4);
    const words = new Words(bytes, 0, bytes.length, elf.header.littleEndian, false);
    for (const word of words.everyNth(1)) if (word > highest) highest = word;
  }
  return highest;
}

/** Linkers put .dynstr or .gnu.version right after .dynsym. */
function countByNextTable(elf: ElfFile, dynamic: DynamicSection, symtab: number): number {
  const tags: readonly number[] = [
    DT.STRTAB,
    DT.VERSYM,
    DT.VERNEED,
    DT.VERDEF,
    DT.GNU_HASH,
    DT.RELA,
    DT.REL,
    DT.JMPREL,
  ];
  const after = dynamic
    .entries()
    .filter(({ tag, value }) => tags.includes(tag) && value > symtab)
    .map(({ value }) => value);
  if (after.length === 0) return 0;
  return Math.floor(
    (after.reduce((least, value) => Math.min(least, value)) - symtab) / symbolEntryBytes(elf),
  );
}

function tableOffset(elf: ElfFile, dynamic: DynamicSection, tag: number): number | null {
  const address = dynamic.value(tag);
  return address === undefined ? null : elf.fileOffset(address);
}

/** A symbol that another object must provide. */
export interface ImportedSymbol {
  readonly name: string;
  /** `GLIBC_2.34`; null when the import has no version. */
  readonly version: string | null;
  /** The library that the version is asked of (vn_file); null without a version. */
  readonly library: string | null;
  /** STB_WEAK: ld.so goes on without it. */
  readonly weak: boolean;
}

/** A symbol that this object provides. */
export interface ExportedSymbol {
  readonly name: string;
  readonly version: string | null;
  /** `name@@version`: what a program gets that is linked today; false for `name@version`, kept for old programs. */
  readonly isDefault: boolean;
  readonly isFunction: boolean;
}

const VERSYM_HIDDEN = 0x8000;
const VER_NDX_GLOBAL = 1;

/** An inspection asks for them three times: for needs, for verdicts and for what raised the minimum glibc. */
const known = new WeakMap<ElfFile, readonly ImportedSymbol[]>();

/** Undefined dynamic symbols with their versions. Empty for static files. Errors: ELF_INVALID. */
export function importedSymbols(elf: ElfFile): readonly ImportedSymbol[] {
  const imports = known.get(elf) ?? readImports(elf);
  known.set(elf, imports);
  return imports;
}

function readImports(elf: ElfFile): readonly ImportedSymbol[] {
  const versions = new Map<number, { readonly name: string; readonly library: string }>();
  for (const { library, versions: wanted } of readVersionNeeds(elf)) {
    for (const { name, index } of wanted) versions.set(index & ~VERSYM_HIDDEN, { name, library });
  }
  const imports: ImportedSymbol[] = [];
  for (const { symbol, versionIndex } of versionedSymbols(elf, 'undefined')) {
    if (symbol.name === '') continue;
    const version = versions.get(versionIndex & ~VERSYM_HIDDEN);
    const weak = symbol.binding === STB.WEAK;
    imports.push({
      name: symbol.name,
      version: version?.name ?? null,
      library: version?.library ?? null,
      weak,
    });
  }
  return imports;
}

/** Defined global and weak dynamic symbols with their versions. Errors: ELF_INVALID. */
export function exportedSymbols(elf: ElfFile): readonly ExportedSymbol[] {
  const versions = new Map(
    readVersionDefinitions(elf).map(({ index, name }) => [index & ~VERSYM_HIDDEN, name] as const),
  );
  const exports: ExportedSymbol[] = [];
  for (const { symbol, versionIndex } of versionedSymbols(elf)) {
    if (symbol.sectionIndex === SHN_UNDEF || symbol.name === '' || symbol.binding === STB.LOCAL) continue;
    const index = versionIndex & ~VERSYM_HIDDEN;
    exports.push({
      name: symbol.name,
      version: index > VER_NDX_GLOBAL ? (versions.get(index) ?? null) : null,
      isDefault: (versionIndex & VERSYM_HIDDEN) === 0,
      isFunction: symbol.type === STT.FUNC || symbol.type === STT.GNU_IFUNC,
    });
  }
  return exports;
}

/** Whether all of these are defined global or weak dynamic symbols; nothing is kept of the others. Errors: ELF_INVALID. */
export function exportsAll(elf: ElfFile, names: readonly string[]): boolean {
  const wanted = new Set(names);
  for (const { symbol } of versionedSymbols(elf)) {
    if (symbol.sectionIndex !== SHN_UNDEF && symbol.binding !== STB.LOCAL) wanted.delete(symbol.name);
    if (wanted.size === 0) return true;
  }
  return wanted.size === 0;
}

/** The dynamic symbols with their DT_VERSYM entries (VER_NDX_GLOBAL where there is no such table). */
export function* versionedSymbols(
  elf: ElfFile,
  which: 'all' | 'undefined' = 'all',
): Generator<{ readonly symbol: ElfSymbol; readonly versionIndex: number }> {
  const table = dynamicSymbolTable(elf);
  if (table === null) return;
  const dynamic = elf.dynamic();
  const versym = dynamic === null ? null : tableOffset(elf, dynamic, DT.VERSYM);
  const window = new ByteWindow(elf.source, elf.header.littleEndian, 16 * 1024);
  for (const { index, symbol } of symbolsOf(elf, table, which)) {
    yield { symbol, versionIndex: versym === null ? VER_NDX_GLOBAL : window.u16(versym + index * 2) };
  }
}
