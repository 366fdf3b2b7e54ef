import { MorselError } from '../core/errors.ts';

/** Of all layers of an image, uncompressed: beyond any real one, below what fills a disk for long. */
export const UNPACKED_LIMIT_BYTES = 64 * 1024 ** 3;
/** Programs shrink to a third, texts to a tenth; deflate makes at most 1 of 1032 zeros, zstd 1 of 40,000. */
export const UNPACKED_RATIO_LIMIT = 200;
/** Up to here any ratio will do: a disk image full of zeros is no attack. */
export const ANY_RATIO_LIMIT_BYTES = 4 * 1024 ** 3;

/** How much may come out of compressed bytes, in all and in relation to them. Error: LIMIT_EXCEEDED. */
export class UnpackBudget {
  readonly #name: string;
  readonly #limitBytes: number;
  readonly #counted = new Set<string>();
  #storedBytes = 0;
  #unpackedBytes = 0;

  /** `name` is what is unpacked, for messages. */
  constructor(name: string, limitBytes = UNPACKED_LIMIT_BYTES) {
    this.#name = name;
    this.#limitBytes = limitBytes;
  }

  /** What is about to be unpacked, by its digest or name; a blob that is listed a thousand times is still stored once. */
  addStored(key: string, sizeBytes: number): void {
    if (this.#counted.has(key)) return;
    this.#counted.add(key);
    this.#storedBytes += sizeBytes;
  }

  addUnpacked(bytes: number): void {
    this.#unpackedBytes += bytes;
    if (this.#unpackedBytes > this.#limitBytes) {
      throw this.#exceeded(`unpacks to more than ${this.#limitBytes} bytes`);
    }
    if (
      this.#unpackedBytes > ANY_RATIO_LIMIT_BYTES &&
      this.#unpackedBytes > this.#storedBytes * UNPACKED_RATIO_LIMIT
    ) {
      throw this.#exceeded(
        `unpacks to more than ${UNPACKED_RATIO_LIMIT} times its ${this.#storedBytes} bytes, and to more than ${ANY_RATIO_LIMIT_BYTES}`,
      );
    }
  }

  #exceeded(what: string): MorselError {
    return new MorselError('LIMIT_EXCEEDED', `${this.#name} ${what}`, {
      hint: 'it may be made to fill a disk: get the image from a source that you trust',
    });
  }
}
