import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareNames, decodeName, encodeName, nameSizeBytes } from './name-bytes.ts';

describe('names as bytes', () => {
  it('are UTF-8 where they can be', () => {
    expect(decodeName(Buffer.from('Főtanúsítvány.crt'))).toBe('Főtanúsítvány.crt');
    expect(encodeName('日本')).toEqual(Buffer.from('日本'));
  });

  it('keep Latin-1 and broken bytes as they are', () => {
    const name = Buffer.from([0x63, 0x61, 0x66, 0xe9, 0xff, 0xc3]);
    expect(encodeName(decodeName(name))).toEqual(name);
    expect(decodeName(name)).toHaveLength(6);
  });

  it('come back unchanged, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const name = Buffer.from(bytes);
        expect(encodeName(decodeName(name))).toEqual(name);
      }),
    );
  });

  it('are measured and compared as their bytes, and cut out of larger ones', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), fc.uint8Array({ maxLength: 12 }), (a, b) => {
        const both = Buffer.concat([a, b]);
        const [first, second] = [decodeName(both, 0, a.length), decodeName(both, a.length, both.length)];
        expect(nameSizeBytes(first)).toBe(a.length);
        expect(compareNames(first, second)).toBe(Buffer.compare(a, b));
      }),
    );
  });

  it('two different names never become one', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 8 }), fc.uint8Array({ maxLength: 8 }), (a, b) => {
        const isOne = decodeName(Buffer.from(a)) === decodeName(Buffer.from(b));
        expect(isOne).toBe(Buffer.from(a).equals(Buffer.from(b)));
      }),
    );
  });

  it('sort by bytes, not by UTF-16 units', () => {
    // U+FF5E is EF BD 9E in UTF-8, U+1F600 is F0 9F ...; in UTF-16 the second begins with D83D, below FF5E.
    expect(['\u{1f600}', '～', 'a', 'Z'].sort(compareNames)).toEqual(['Z', 'a', '～', '\u{1f600}']);
  });
});
