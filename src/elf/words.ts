const HOST_IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** A number of 64 bits from its halves: exact up to 2^53, then the nearest double. */
export function wide(low: number, high: number): number {
  // Arithmetic with 2^32 makes a double, for which V8 allocates: not for a small number, as nearly all are.
  return high === 0 ? low : high * 0x1_0000_0000 + low;
}

/**
 * A table as numbers of 32 bits. Tables that are read of every object of a closure (program headers, the dynamic
 * section) are parsed from such arrays: before V8 compiles a loop, which a short run never sees, an element of a typed
 * array costs a tenth of a call that reads a number. Outside the table everything is 0.
 */
export class Words {
  readonly #words: Uint32Array;
  readonly #is64: boolean;
  /** Which of the two words of a number of 64 bits is the low one. */
  readonly #low: 0 | 1;

  /** The table is `length` bytes of `bytes` from `start` on, which must be there. */
  constructor(bytes: Buffer, start: number, length: number, littleEndian: boolean, is64: boolean) {
    const at = bytes.byteOffset + start;
    this.#words =
      littleEndian === HOST_IS_LITTLE_ENDIAN && at % 4 === 0
        ? new Uint32Array(bytes.buffer, at, length >>> 2)
        : copiedWords(bytes.subarray(start, start + length), littleEndian);
    this.#is64 = is64;
    this.#low = littleEndian ? 0 : 1;
  }

  /** A number of 16 bits; `index` counts such numbers. */
  u16(index: number): number {
    const word = this.#words[index >> 1] ?? 0;
    return (index & 1) === this.#low ? word & 0xffff : word >>> 16;
  }

  /** A number of 32 bits; `index` counts such numbers. */
  u32(index: number): number {
    return this.#words[index] ?? 0;
  }

  /** An Elf32_Addr or Elf64_Addr; `index` counts addresses. */
  address(index: number): number {
    const words = this.#words;
    if (!this.#is64) return words[index] ?? 0;
    const at = 2 * index + this.#low;
    return wide(words[at] ?? 0, words[at ^ 1] ?? 0);
  }

  /** Each `step`th number of 32 bits. */
  everyNth(step: number): readonly number[] {
    const words = this.#words;
    const numbers: number[] = [];
    for (let at = 0, end = words.length; at < end; at += step) numbers.push(words[at] ?? 0);
    return numbers;
  }

  /** Each `step`th address, up to the first that is 0. */
  addressesUntilZero(step: number): readonly number[] {
    const words = this.#words;
    const wordStep = this.#is64 ? 2 * step : step;
    const toLow = this.#is64 ? this.#low : 0;
    // In 32 bits there is no other half: what is behind the end is 0.
    const toHigh = this.#is64 ? 1 - this.#low : words.length;
    const addresses: number[] = [];
    for (let at = 0, end = words.length; at < end; at += wordStep) {
      const low = words[at + toLow] ?? 0;
      const high = words[at + toHigh] ?? 0;
      if (low === 0 && high === 0) break;
      addresses.push(high === 0 ? low : wide(low, high));
    }
    return addresses;
  }
}

function copiedWords(bytes: Buffer, littleEndian: boolean): Uint32Array {
  const length = bytes.length & ~3;
  const copy = Buffer.alloc(length);
  bytes.copy(copy, 0, 0, length);
  if (littleEndian !== HOST_IS_LITTLE_ENDIAN) copy.swap32();
  return new Uint32Array(copy.buffer, copy.byteOffset, length >>> 2);
}
