import { MorselError } from '../core/errors.ts';

/** Of what one image or archive unpacks to: beyond the largest that are in use (machine learning, 40 GB). */
const UNPACKED_LIMIT_BYTES = 64 * 1024 ** 3;
/** Unpacked to stored. Programs and text reach 5, an image of empty files 90, zeros 1,000 (gzip) and 20,000 (zstd). */
const RATIO_LIMIT = 200;
/** Up to here the ratio does not matter: a file of zeros is nothing bad, and so much takes seconds only. */
const ANY_RATIO_BYTES = 1024 ** 3;

/** How much may be unpacked from what is stored; a bomb is stopped before it fills the disk. */
export class UnpackBudget {
  #storedBytes = 0;
  #unpackedBytes = 0;
  readonly #name: string;

  /** `name` of the image or archive, for messages. */
  constructor(name: string) {
    this.#name = name;
  }

  addStored(bytes: number): void {
    this.#storedBytes += bytes;
  }

  /** Error: LIMIT_EXCEEDED. */
  addUnpacked(bytes: number): void {
    this.#unpackedBytes += bytes;
    if (this.#unpackedBytes <= ANY_RATIO_BYTES) return;
    if (this.#unpackedBytes > UNPACKED_LIMIT_BYTES) {
      throw this.#exceeded(`unpacks to more than ${UNPACKED_LIMIT_BYTES} bytes`);
    }
    if (this.#unpackedBytes > this.#storedBytes * RATIO_LIMIT) {
      throw this.#exceeded(`unpacks to more than ${RATIO_LIMIT} times of the ${this.#storedBytes} bytes that it has`);
    }
  }

  #exceeded(what: string): MorselError {
    return new MorselError('LIMIT_EXCEEDED', `${this.#name} ${what}`, {
      hint: 'it looks like a bomb: get the image from a source that you trust, or leave files of zeros out of it',
    });
  }
}
