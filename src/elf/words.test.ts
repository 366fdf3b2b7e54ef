import { describe, expect, it } from 'vitest';
import { Words } from './words.ts';

const NUMBERS = [5, 0x1122_3344_5566, 2 ** 32, 7, 0, 9];

/** The numbers as Elf32_Addr (their low halves) or Elf64_Addr, behind `start` other bytes. */
function wordsOf(is64: boolean, littleEndian: boolean, start: number): Words {
  const size = is64 ? 8 : 4;
  const bytes = Buffer.alloc(start + NUMBERS.length * size, 0xaa);
  for (const [index, number] of NUMBERS.entries()) {
    const at = start + index * size;
    if (is64 && littleEndian) bytes.writeBigUInt64LE(BigInt(number), at);
    else if (is64) bytes.writeBigUInt64BE(BigInt(number), at);
    else if (littleEndian) bytes.writeUInt32LE(number % 2 ** 32, at);
    else bytes.writeUInt32BE(number % 2 ** 32, at);
  }
  return new Words(bytes, start, NUMBERS.length * size, littleEndian, is64);
}

describe('a table of words', () => {
  for (const littleEndian of [true, false]) {
    for (const start of [0, 8, 3]) {
      const name = `${littleEndian ? 'little' : 'big'} endian, at ${start}`;
      it(`has addresses of 64 bits: ${name}`, () => {
        const words = wordsOf(true, littleEndian, start);
        expect(NUMBERS.map((_, index) => words.address(index))).toEqual(NUMBERS);
        expect(words.address(NUMBERS.length)).toBe(0);
        // What is 0 in its low half only is no end.
        expect(words.addressesUntilZero(1)).toEqual(NUMBERS.slice(0, 4));
        expect(words.addressesUntilZero(2)).toEqual([5, 2 ** 32]);
      });

      it(`has addresses of 32 bits: ${name}`, () => {
        const words = wordsOf(false, littleEndian, start);
        const low = NUMBERS.map((number) => number % 2 ** 32);
        expect(low.map((_, index) => words.address(index))).toEqual(low);
        expect(words.addressesUntilZero(1)).toEqual(low.slice(0, 2));
        expect(words.everyNth(3)).toEqual([5, 7]);
        expect([words.u32(1), words.u32(99)]).toEqual([0x3344_5566, 0]);
        expect([words.u16(2), words.u16(3)]).toEqual(littleEndian ? [0x5566, 0x3344] : [0x3344, 0x5566]);
      });
    }
  }
});
