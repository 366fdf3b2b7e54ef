import { describe, expect, it } from 'vitest';
import { type ByteSource, memoryByteSource } from '../core/byte-source.ts';
import { findStrings, stringAround } from './index.ts';

describe('findStrings', () => {
  it('finds the first of each, also across the borders of its chunks', () => {
    const bytes = Buffer.alloc(1_000_000, 0x20);
    const places = {
      alpha: 3,
      beta: 256 * 1024 - 2,
      'gamma-delta': 512 * 1024 - 10,
      omega: 999_995,
    } as const;
    for (const [text, at] of Object.entries(places)) bytes.write(text, at);
    bytes.write('alpha', 700_000);
    const found = findStrings(memoryByteSource(bytes), ['alpha', 'beta', 'gamma-delta', 'omega', 'absent']);
    expect(Object.fromEntries(found)).toEqual(places);
  });

  it('looks only where it is told to', () => {
    const source = memoryByteSource(Buffer.from('one two three two'));
    expect(findStrings(source, ['two'], { ranges: [{ offset: 8, sizeBytes: 100 }] }).get('two')).toBe(14);
    expect(findStrings(source, ['two'], { ranges: [{ offset: 0, sizeBytes: 6 }] }).size).toBe(0);
    expect(findStrings(source, ['three'], { limitBytes: 8 }).size).toBe(0);
  });

  it('holds one chunk at a time and stops when all are found', () => {
    const asked: number[] = [];
    const source: ByteSource = {
      name: 'endless',
      sizeBytes: 2 ** 40,
      read: (offset, length) => {
        asked.push(length);
        const chunk = Buffer.alloc(length);
        if (offset > 3_000_000) chunk.write('needle');
        return chunk;
      },
      close: () => {},
    };
    expect(findStrings(source, ['needle']).get('needle')).toBeGreaterThan(3_000_000);
    expect(Math.max(...asked)).toBeLessThan(512 * 1024);
    expect(asked.length).toBeLessThan(20);
  });
});

describe('stringAround', () => {
  it('gives the whole string', () => {
    const bytes = Buffer.from('\0\x01OPENSSLDIR: "/usr/lib/ssl"\0next\0');
    const source = memoryByteSource(bytes);
    const at = findStrings(source, ['OPENSSLDIR']).get('OPENSSLDIR') ?? -1;
    expect(stringAround(source, at)).toBe('OPENSSLDIR: "/usr/lib/ssl"');
    expect(stringAround(source, at + 15)).toBe('OPENSSLDIR: "/usr/lib/ssl"');
  });
});
