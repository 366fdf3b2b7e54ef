import { describe, expect, it } from 'vitest';
import { formatBytes, formatDuration, groupThousands } from './format-size.ts';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [99_999, '99,999 B'],
    [100_000, '100 kB'],
    [999_499, '999 kB'],
    [999_500, '1.00 MB'],
    [2_180_000, '2.18 MB'],
    [999_994_999, '999.99 MB'],
    [999_995_000, '1.00 GB'],
    [12_345_678_901, '12.35 GB'],
  ])('%d is %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe('groupThousands', () => {
  it.each([
    [12, '12'],
    [1234, '1,234'],
    [1_234_567, '1,234,567'],
  ])('%d is %s', (value, text) => expect(groupThousands(value)).toBe(text));
});

describe('formatDuration', () => {
  it.each([
    [0.4, '0 ms'],
    [999, '999 ms'],
    [1000, '1.0 s'],
    [61_250, '61.3 s'],
  ])('%d is %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
});
