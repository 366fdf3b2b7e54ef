import { randomNumbers } from '../../property/elf-mutations.ts';

/** Everything that is random in an attempt comes from here, and from its seed and number alone. */
export interface Dice {
  below(limit: number): number;
  pick<T>(values: readonly T[]): T;
  /** True once in `n` times. */
  oneIn(n: number): boolean;
  /** Between `least` and `most` results. */
  several<T>(least: number, most: number, make: (index: number) => T): readonly T[];
  bytes(length: number): Buffer;
}

export function diceFor(seed: number, index: number): Dice {
  // Odd multipliers mix the two, so that neighbouring attempts have nothing in common.
  const below = randomNumbers((Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0);
  const pick = <T>(values: readonly T[]): T => {
    const value = values[below(values.length)];
    if (value === undefined) throw new Error('nothing to pick from');
    return value;
  };
  return {
    below,
    pick,
    oneIn: (n) => below(n) === 0,
    several: (least, most, make) =>
      Array.from({ length: least + below(most - least + 1) }, (_, at) => make(at)),
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
  };
}
