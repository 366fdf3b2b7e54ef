import type { ByteSource } from '../core/byte-source.ts';
import { invalid } from './byte-window.ts';

/** For some names here and there: linkers put those of the dynamic section together, mostly into one such page. */
const SPARSE_PAGE_BYTES = 1024;
/** For all names of a symbol table. */
export const DENSE_PAGE_BYTES = 16 * 1024;
/** Pages kept: at most 4 MiB. */
const PAGE_LIMIT = 256;

/** Longest name of a library or version: ld.so opens no path that is longer than PATH_MAX. */
export const NAME_LIMIT_BYTES = 4096;

/**
 * Decoded at once, one conversion for all names; or as it is read when a character in it is not one byte, since then
 * offsets would differ. No byte makes more than one unit of UTF-16, so equal lengths mean equal offsets.
 */
type Page = string | Buffer;

/** SHT_STRTAB: NUL-terminated names at offsets. */
export class StringTable {
  readonly offset: number;
  readonly sizeBytes: number;
  readonly #source: ByteSource;
  readonly #pageBytes: number;
  /** The page asked for last, which is mostly the next one too. */
  #page: Page | undefined;
  #pageIndex = -1;
  #pages: Map<number, Page> | undefined;

  constructor(source: ByteSource, offset: number, sizeBytes: number, pageBytes = SPARSE_PAGE_BYTES) {
    this.#source = source;
    this.offset = offset;
    this.sizeBytes = Math.min(sizeBytes, Math.max(0, source.sizeBytes - offset));
    this.#pageBytes = pageBytes;
  }

  /** The same table, to be read from end to end. */
  dense(): StringTable {
    return new StringTable(this.#source, this.offset, this.sizeBytes, DENSE_PAGE_BYTES);
  }

  /** Errors: ELF_INVALID when the string is not inside the table, does not end in it or is longer than `limitBytes`. */
  get(nameOffset: number, limitBytes = NAME_LIMIT_BYTES): string {
    if (!(nameOffset >= 0) || nameOffset >= this.sizeBytes) {
      throw invalid(
        this.#source,
        this.offset,
        `string ${nameOffset} is outside its table of ${this.sizeBytes} bytes`,
      );
    }
    const index = Math.floor(nameOffset / this.#pageBytes);
    const page = this.#page !== undefined && index === this.#pageIndex ? this.#page : this.#turnTo(index);
    const at = nameOffset - index * this.#pageBytes;
    const nul = page.indexOf('\0', at);
    if (nul < 0) return this.#longString(nameOffset, limitBytes);
    if (nul - at > limitBytes) throw this.#tooLong(nameOffset, limitBytes);
    return typeof page === 'string' ? page.slice(at, nul) : page.toString('utf8', at, nul);
  }

  /** A string that goes on in the next page. */
  #longString(nameOffset: number, limitBytes: number): string {
    const start = this.offset + nameOffset;
    const bytes = this.#source.read(start, Math.min(limitBytes + 1, this.sizeBytes - nameOffset));
    const nul = bytes.indexOf(0);
    if (nul < 0) throw this.#tooLong(nameOffset, limitBytes);
    return bytes.toString('utf8', 0, nul);
  }

  #tooLong(nameOffset: number, limitBytes: number): Error {
    return invalid(this.#source, this.offset + nameOffset, `a string has no end within ${limitBytes} bytes`);
  }

  /** The page before is kept: the names of one object are mostly spread over few. */
  #turnTo(index: number): Page {
    if (this.#page !== undefined && this.#pages?.has(this.#pageIndex) !== true)
      this.#keep(this.#page, this.#pageIndex);
    const page = this.#pages?.get(index) ?? this.#readPage(index);
    this.#page = page;
    this.#pageIndex = index;
    return page;
  }

  #readPage(index: number): Page {
    const start = index * this.#pageBytes;
    const bytes = this.#source.read(this.offset + start, Math.min(this.#pageBytes, this.sizeBytes - start));
    const text = bytes.toString('utf8');
    return text.length === bytes.length ? text : bytes;
  }

  #keep(page: Page, index: number): void {
    this.#pages ??= new Map();
    if (this.#pages.size >= PAGE_LIMIT) this.#pages.clear();
    this.#pages.set(index, page);
  }
}
