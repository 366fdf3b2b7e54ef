import { invalid, STRING_LIMIT_BYTES } from './byte-window.ts';
import type { ElfHeaders } from './elf-headers.ts';
import { type ByteRange, PT } from './program-headers.ts';
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
  BIND_NOW: 24,
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

/** DT_FLAGS, as `flags` of the facts has them. */
export const DF = { TEXTREL: 4, BIND_NOW: 8, STATIC_TLS: 16 } as const;

/** DT_FLAGS_1, as `flags1` has them. */
export const DF_1 = { NOW: 1, NODEFLIB: 0x800, PIE: 0x0800_0000 } as const;

/** A large C++ program has some hundred, nearly all of them DT_NEEDED. */
const DYNAMIC_ENTRY_LIMIT = 4096;

export interface DynamicEntry {
  readonly tag: number;
  readonly value: number;
}

/** The entries before DT_NULL, and the string table that they point into. */
export class DynamicSection {
  readonly strings: StringTable | null;
  readonly #words: Words;
  /** d_tag of each entry; a closure asks for a dozen of them in each of its objects. */
  readonly #tags: readonly number[];

  constructor(elf: ElfHeaders, words: Words, tags: readonly number[]) {
    this.#words = words;
    this.#tags = tags;
    this.strings = dynamicStrings(elf, this.value(DT.STRTAB), this.value(DT.STRSZ));
  }

  /** All entries in file order, for those who want more than the last of each tag. */
  entries(): readonly DynamicEntry[] {
    return this.#tags.map((tag, index) => ({ tag, value: this.#valueAt(index) }));
  }

  /** The value of the last entry with this tag, as ld.so keeps it; undefined when there is none. */
  value(tag: number): number | undefined {
    const index = this.#tags.lastIndexOf(tag);
    return index < 0 ? undefined : this.#valueAt(index);
  }

  /** DT_NEEDED in file order. */
  needed(): readonly string[] {
    const names: string[] = [];
    for (
      let index = this.#tags.indexOf(DT.NEEDED);
      index >= 0;
      index = this.#tags.indexOf(DT.NEEDED, index + 1)
    ) {
      names.push(this.#string(this.#valueAt(index), NAME_LIMIT_BYTES));
    }
    return names;
  }

  /** The string of the last entry with this tag; null when there is none. */
  name(tag: number): string | null {
    const offset = this.value(tag);
    return offset === undefined ? null : this.#string(offset, STRING_LIMIT_BYTES);
  }

  #valueAt(index: number): number {
    return this.#words.address(2 * index + 1);
  }

  #string(offset: number, limitBytes: number): string {
    return this.strings?.get(offset, limitBytes) ?? '';
  }
}

/** The dynamic section by PT_DYNAMIC; null for a file that has none. Errors: ELF_INVALID. */
export function readDynamicSection(elf: ElfHeaders): DynamicSection | null {
  const segment = elf.segmentRange(PT.DYNAMIC);
  if (segment === undefined || segment.sizeBytes === 0) return null;
  const dynamic = parseEntries(elf, segment);
  if (dynamic.strings !== null) return dynamic;
  if (isOnlyInMemory(elf)) return null;
  if (dynamic.value(DT.NEEDED) !== undefined) {
    throw invalid(elf.source, segment.offset, 'DT_NEEDED without a string table');
  }
  return dynamic;
}

function parseEntries(elf: ElfHeaders, segment: ByteRange): DynamicSection {
  const { is64, source } = elf;
  const entrySize = is64 ? 16 : 8;
  const count = Math.floor(segment.sizeBytes / entrySize);
  if (count > DYNAMIC_ENTRY_LIMIT) throw invalid(source, segment.offset, `${count} dynamic entries`);
  const bytes = source.read(segment.offset, count * entrySize);
  const inFile = Math.floor(bytes.length / entrySize);
  const words = new Words(bytes, 0, inFile * entrySize, elf.header.littleEndian, is64);
  const tags = words.addressesUntilZero(2);
  if (tags.length === inFile && inFile < count) {
    throw invalid(source, segment.offset, 'the dynamic section is cut off');
  }
  return new DynamicSection(elf, words, tags);
}

/** A detached .debug file keeps the program headers of its program, but not the bytes: they are other sections' now. */
function isOnlyInMemory(elf: ElfHeaders): boolean {
  return elf.sections().some(({ name, type }) => name === '.dynamic' && type === SHT.NOBITS);
}

function dynamicStrings(
  elf: ElfHeaders,
  address: number | undefined,
  sizeBytes: number | undefined,
): StringTable | null {
  if (address === undefined || sizeBytes === undefined) return null;
  const offset = elf.fileOffset(address);
  return offset === null ? null : new StringTable(elf.source, offset, sizeBytes);
}
