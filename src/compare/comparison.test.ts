import { describe, expect, it } from 'vitest';
import { type ComparisonRow, orderRows } from './comparison.ts';

const row = (base: string, runs: ComparisonRow['runs'], uncompressedBytes: number | null): ComparisonRow => ({
  base,
  libc: 'musl',
  link: 'static',
  packing: 'static-musl',
  toolchain: null,
  compressedBytes: uncompressedBytes,
  uncompressedBytes,
  files: 1,
  runs,
  reason: '',
  startMs: null,
  performance: null,
});

describe('orderRows', () => {
  it('puts what runs first, smallest first, then what does not, then what could not be made', () => {
    const rows = [
      row('gone', 'unavailable', null),
      row('broken', 'no', 1),
      row('large', 'yes', 300),
      row('small', 'yes', 20),
    ];
    expect(orderRows(rows).map(({ base }) => base)).toEqual(['small', 'large', 'broken', 'gone']);
    expect(rows[0]?.base).toBe('gone');
  });

  it('is the same order from any other, for rows of one size too', () => {
    const rows = ['c', 'a', 'b'].map((base) => row(base, 'yes', 5));
    const ordered = ['a', 'b', 'c'];
    expect(orderRows(rows).map(({ base }) => base)).toEqual(ordered);
    expect(orderRows([...rows].reverse()).map(({ base }) => base)).toEqual(ordered);
  });
});
