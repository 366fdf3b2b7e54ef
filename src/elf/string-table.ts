import type { ByteSource } from '../core/byte-source.ts';
import { invalid, STRING_LIMIT_BYTES } from './byte-window.ts';

/** Tables up to this size are read at once; larger ones page by page, as they are asked for. */
const WHOLE_TABLE_BYTES = 64 * 1024;
const PAGE_BYTES = 16 * 1024;
/** Pages kept: 4 MiB. A table that is larger is only read here and there. */
const PAGE_LIMIT = 256;

/** SHT_STRTAB: NUL-terminated names at offsets. */
export class StringTable {
  readonly offset: number;
  readonly sizeBytes: number;
  readonly #source: ByteSource;
  readonly #pageBytes: number;
  readonly #pages = new Map<number, Buffer>();

  constructor(source: ByteSource, offset: number, sizeBytes: number) {
    this.#source = source;
    this.offset = offset;
    this.sizeBytes = Math.min(sizeBytes, Math.max(0, source.sizeBytes - offset));
    this.#pageBytes = this.sizeBytes <= WHOLE_TABLE_BYTES ? WHOLE_TABLE_BYTES : PAGE_BYTES;
  }

  /** Errors: ELF_INVALID when the string is not inside the table or does not end in it. */
  get(nameOffset: number): string {
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
    return nul >= 0 ? page.toString('utf8', at, nul) : this.#longString(nameOffset);
  }

  #longString(nameOffset: number): string {
    const bytes = this.#source.read(
      this.offset + nameOffset,
      Math.min(STRING_LIMIT_BYTES, this.sizeBytes - nameOffset),
    );
    const nul = bytes.indexOf(0);
    if (nul < 0) throw invalid(this.#source, this.offset + nameOffset, 'a string has no end');
    return bytes.toString('utf8', 0, nul);
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
