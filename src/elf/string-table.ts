import type { ByteSource } from '../core/byte-source.ts';
import { invalid } from './byte-window.ts';

/** For some names here and there: linkers put those of the dynamic section together, mostly into one such page. */
const SPARSE_PAGE_BYTES = 2048;
/** For all names of a symbol table. */
export const DENSE_PAGE_BYTES = 16 * 1024;
/** Pages kept: at most 4 MiB. */
const PAGE_LIMIT = 256;

/** Longest name of a library or version: ld.so opens no path that is longer than PATH_MAX. */
export const NAME_LIMIT_BYTES = 4096;

/** SHT_STRTAB: NUL-terminated names at offsets. */
export class StringTable {
  readonly offset: number;
  readonly sizeBytes: number;
  readonly #source: ByteSource;
  readonly #pageBytes: number;
  readonly #pages = new Map<number, Buffer>();

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
    const page = this.#page(Math.floor(nameOffset / this.#pageBytes));
    const at = nameOffset % this.#pageBytes;
    const nul = page.indexOf(0, at);
    if (nul < 0) return this.#longString(nameOffset, limitBytes);
    if (nul - at > limitBytes) throw this.#tooLong(nameOffset, limitBytes);
    return page.toString('utf8', at, nul);
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

  #page(index: number): Buffer {
    const known = this.#pages.get(index);
    if (known !== undefined) return known;
    if (this.#pages.size >= PAGE_LIMIT) this.#pages.clear();
    const start = index * this.#pageBytes;
    const page = this.#source.read(this.offset + start, Math.min(this.#pageBytes, this.sizeBytes - start));
    this.#pages.set(index, page);
    return page;
  }
}
