import { endianness } from 'node:os';

const HOST_IS_LITTLE_ENDIAN = endianness() === 'LE';

/**
 * A table as numbers of 32 bits. Tables that are read of every object of a closure (program headers, the dynamic
 * section) are parsed from such arrays: before V8 compiles a loop, which a short run never sees, an element of a typed
 * array costs a tenth of a call that reads a number.
 */
export class Words {
  readonly #words: Uint32Array;
  readonly #low: 0 | 1;

  constructor(bytes: Buffer, littleEndian: boolean) {
    this.#words = alignedWords(bytes, littleEndian);
    this.#low = littleEndian ? 0 : 1;
  }

  get length(): number {
    return this.#words.length;
  }

  /** A number of 16 bits; `index` counts halves of words. */
  u16(index: number): number {
    const word = this.#words[index >> 1] ?? 0;
    return (index & 1) === this.#low ? word & 0xffff : word >>> 16;
  }

  u32(index: number): number {
    return this.#words[index] ?? 0;
  }

  /** Two words from `index` on. Exact up to 2^53, then the nearest double. */
  u64(index: number): number {
    const words = this.#words;
    return (words[index + this.#low] ?? 0) + (words[index + 1 - this.#low] ?? 0) * 0x1_0000_0000;
  }
}

function alignedWords(bytes: Buffer, littleEndian: boolean): Uint32Array {
  const count = bytes.length >>> 2;
  const isNative = littleEndian === HOST_IS_LITTLE_ENDIAN;
  if (isNative && bytes.byteOffset % 4 === 0) return new Uint32Array(bytes.buffer, bytes.byteOffset, count);
  const copy = Buffer.alloc(count * 4);
  bytes.copy(copy, 0, 0, count * 4);
  if (!isNative) copy.swap32();
  return new Uint32Array(copy.buffer, copy.byteOffset, count);
}
