import { describe, expect, it } from 'vitest';
import { memoryByteSource } from '../core/byte-source.ts';
import { StringTable } from './string-table.ts';

const PAGE_BYTES = 16;

/** A table of the strings with pages of 16 bytes, and the offset of each. */
function tableOf(...strings: readonly (string | Buffer)[]): {
  table: StringTable;
  offsets: readonly number[];
} {
  const offsets: number[] = [];
  let bytes = Buffer.alloc(0);
  for (const string of strings) {
    offsets.push(bytes.length);
    bytes = Buffer.concat([bytes, Buffer.from(string), Buffer.from([0])]);
  }
  const file = Buffer.concat([Buffer.from('head'), bytes, Buffer.from('tail')]);
  return { table: new StringTable(memoryByteSource(file), 4, bytes.length, PAGE_BYTES), offsets };
}

describe('a string table', () => {
  it('gives each string and each tail, in any order of pages', () => {
    const strings = ['a', 'libc.so.6', 'x'.repeat(40), '', 'libm.so.6', 'zlib'];
    const { table, offsets } = tableOf(...strings);
    for (const round of [strings.keys(), [...strings.keys()].reverse(), strings.keys()]) {
      for (const index of round) expect(table.get(offsets[index] ?? -1)).toBe(strings[index]);
    }
    expect(table.get((offsets[1] ?? 0) + 3)).toBe('c.so.6');
  });

  it('is right behind characters of several bytes, whole, cut by a page and damaged', () => {
    const damaged = Buffer.from([0xff, 0x61, 0xe2, 0x82]);
    const strings = ['é', 'abc', '😀', 'def', 'aaaaaa€', 'ghi', damaged, 'jkl'];
    const { table, offsets } = tableOf(...strings);
    expect(offsets.map((offset) => table.get(offset))).toEqual(strings.map((one) => one.toString('utf8')));
  });

  it('keeps offsets behind a byte that is no character', () => {
    const { table, offsets } = tableOf(Buffer.from([0xff]), 'abc', Buffer.from([0x80, 0xfe]), 'def');
    expect(offsets.map((offset) => table.get(offset))).toEqual(['\ufffd', 'abc', '\ufffd\ufffd', 'def']);
  });

  it('reads each page once, in whatever order they are asked for', () => {
    const file = Buffer.from('a\0'.repeat(PAGE_BYTES * 2));
    let reads = 0;
    const memory = memoryByteSource(file);
    const counting = { ...memory, read: (at: number, length: number) => (reads++, memory.read(at, length)) };
    const table = new StringTable(counting, 0, file.length, PAGE_BYTES);
    for (let round = 0; round < 100; round++) {
      for (const page of [0, 1, 3, 1, 2, 0]) expect(table.get(page * PAGE_BYTES)).toBe('a');
    }
    expect(reads).toBe(4);
  });

  it('is bounded: outside, without an end, longer than allowed', () => {
    const { table } = tableOf('short', 'x'.repeat(40));
    for (const offset of [-1, 47, Number.NaN, 2 ** 60])
      expect(() => table.get(offset)).toThrow(/outside its table/);
    expect(() => table.get(0, 4)).toThrow(/no end within 4 bytes/);
    expect(() => table.get(6, 39)).toThrow(/no end within 39 bytes/);
    expect(table.get(6, 40)).toBe('x'.repeat(40));
    const open = new StringTable(memoryByteSource(Buffer.from('abc')), 0, 100, PAGE_BYTES);
    expect(() => open.get(1)).toThrow(/no end/);
  });
});
