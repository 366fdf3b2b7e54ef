import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { baselineCpu } from './cpu.ts';
import { cachedVariants, lookUpCache, parseLdSoCache } from './ld-so-cache.ts';

interface Entry {
  readonly key: string;
  readonly value: string;
  readonly flags?: number;
  /** Index of a glibc-hwcaps name and the ISA level: makes a named entry. */
  readonly hwcaps?: readonly [number, number];
  /** The raw AT_HWCAP field of a legacy entry. */
  readonly legacy?: bigint;
}

/** A cache as ldconfig writes it: entries in descending order of their names, as they are given. */
function buildCache(entries: readonly Entry[], names: readonly string[] = [], littleEndian = true): Buffer {
  const strings: Buffer[] = [];
  let size = 48 + entries.length * 24;
  const put = (text: string): number => {
    const bytes = Buffer.from(`${text}\0`);
    strings.push(bytes);
    size += bytes.length;
    return size - bytes.length;
  };
  const records = entries.map((entry) => ({ ...entry, keyAt: put(entry.key), valueAt: put(entry.value) }));
  const nameOffsets = names.map(put);
  const padding = (8 - (size % 8)) % 8;
  const extension = size + padding;
  const bytes = Buffer.alloc(extension + 8 + 16 + names.length * 4);
  const u32 = (value: number, at: number): void =>
    void (littleEndian ? bytes.writeUInt32LE(value, at) : bytes.writeUInt32BE(value, at));
  const u64 = (value: bigint, at: number): void =>
    void (littleEndian ? bytes.writeBigUInt64LE(value, at) : bytes.writeBigUInt64BE(value, at));
  bytes.write('glibc-ld.so.cache1.1');
  u32(entries.length, 20);
  bytes[28] = littleEndian ? 2 : 3;
  u32(extension, 32);
  records.forEach(({ flags = 0x303, keyAt, valueAt, hwcaps, legacy = 0n }, i) => {
    const at = 48 + i * 24;
    u32(flags, at);
    u32(keyAt, at + 4);
    u32(valueAt, at + 8);
    u64(
      hwcaps === undefined ? legacy : (1n << 62n) | (BigInt(hwcaps[1]) << 32n) | BigInt(hwcaps[0]),
      at + 16,
    );
  });
  Buffer.concat(strings).copy(bytes, 48 + entries.length * 24);
  u32(0xeaa42174, extension);
  u32(1, extension + 4);
  u32(1, extension + 8);
  u32(extension + 24, extension + 16);
  u32(names.length * 4, extension + 20);
  nameOffsets.forEach((offset, i) => u32(offset, extension + 24 + i * 4));
  return bytes;
}

const v3 = { ...baselineCpu('x86_64'), hwcaps: ['x86-64-v3', 'x86-64-v2'] };

function find(
  bytes: Buffer,
  name: string,
  query: Partial<Parameters<typeof lookUpCache>[1]> = {},
): string | null {
  const cache = parseLdSoCache(bytes, true);
  if (cache === null) throw new Error('no cache');
  return lookUpCache(cache, {
    name,
    flags: [0x303],
    cpu: baselineCpu('x86_64'),
    glibcHwcaps: true,
    legacyHwcaps: false,
    ...query,
  });
}

describe('ld.so.cache', () => {
  const plain = buildCache([
    { key: 'libz.so.10', value: '/ten' },
    { key: 'libz.so.9', value: '/nine' },
    { key: 'libm.so.6', value: '/lib32/libm.so.6', flags: 0x3 },
    { key: 'libm.so.6', value: '/lib/libm.so.6' },
    { key: 'liba.so', value: '/lib/liba.so' },
  ]);

  it('finds names in its descending, numeric order, of the right kind', () => {
    expect(find(plain, 'libz.so.9')).toBe('/nine');
    expect(find(plain, 'libz.so.10')).toBe('/ten');
    expect(find(plain, 'libm.so.6')).toBe('/lib/libm.so.6');
    expect(find(plain, 'liba.so')).toBe('/lib/liba.so');
    expect(find(plain, 'libm.so.6', { flags: [0x3, 0x1] })).toBe('/lib32/libm.so.6');
    for (const name of ['', 'liba.s', 'liba.so.1', 'libzz.so', 'a', 'libm.so'])
      expect(find(plain, name)).toBeNull();
    // 010 and 10 are one number.
    expect(find(plain, 'libz.so.010')).toBe('/ten');
  });

  it('reads the format of before glibc 2.32: old entries first, the new ones behind them', () => {
    const old = Buffer.alloc(16 + 12 + 4);
    old.write('ld.so-1.7.0');
    old.writeUInt32LE(1, 12);
    const both = Buffer.concat([old, plain]);
    expect(find(both, 'libz.so.9')).toBe('/nine');
  });

  it('reads the oldest format alone', () => {
    const old = Buffer.alloc(16 + 12);
    old.write('ld.so-1.7.0');
    old.writeUInt32LE(1, 12);
    old.writeInt32LE(3, 16);
    old.writeUInt32LE(8, 24);
    const bytes = Buffer.concat([old, Buffer.from('liba.so\0/old/liba.so\0')]);
    expect(find(bytes, 'liba.so', { flags: [3] })).toBe('/old/liba.so');
  });

  it('chooses the best glibc-hwcaps entry that the processor supports', () => {
    const names = ['x86-64-v2', 'x86-64-v3', 'x86-64-v4'];
    const entries: Entry[] = [
      { key: 'liba.so', value: '/v2', hwcaps: [0, 1] },
      { key: 'liba.so', value: '/v3', hwcaps: [1, 2] },
      { key: 'liba.so', value: '/v4', hwcaps: [2, 3] },
      { key: 'liba.so', value: '/plain' },
    ];
    const bytes = buildCache(entries, names);
    expect(find(bytes, 'liba.so')).toBe('/plain');
    expect(find(bytes, 'liba.so', { cpu: v3 })).toBe('/v3');
    expect(find(bytes, 'liba.so', { cpu: { ...v3, hwcaps: ['x86-64-v2'] } })).toBe('/v2');
    // glibc 2.31 with a cache of a newer ldconfig.
    expect(find(bytes, 'liba.so', { cpu: v3, glibcHwcaps: false, legacyHwcaps: true })).toBe('/plain');
    const cache = parseLdSoCache(bytes, true);
    expect(cache && cachedVariants(cache, 'liba.so', [0x303]).map(({ hwcaps }) => hwcaps)).toEqual(names);
  });

  it('leaves legacy hwcaps entries to the loaders that know them', () => {
    const bytes = buildCache([
      { key: 'liba.so', value: '/avx512', legacy: 4n },
      { key: 'liba.so', value: '/haswell', legacy: (1n << 50n) | (1n << 63n) },
      { key: 'liba.so', value: '/plain' },
    ]);
    const haswell = { ...v3, platform: 'haswell' };
    expect(find(bytes, 'liba.so', { cpu: haswell })).toBe('/plain');
    expect(find(bytes, 'liba.so', { cpu: haswell, legacyHwcaps: true })).toBe('/haswell');
    expect(find(bytes, 'liba.so', { cpu: v3, legacyHwcaps: true })).toBe('/plain');
    const avx512 = { ...haswell, legacyHwcaps: ['x86_64', 'avx512_1'] };
    expect(find(bytes, 'liba.so', { cpu: avx512, legacyHwcaps: true })).toBe('/avx512');
  });

  it('reads big-endian caches', () => {
    const bytes = buildCache([{ key: 'liba.so', value: '/lib/liba.so', flags: 0x403 }], [], false);
    const cache = parseLdSoCache(bytes, false);
    const query = {
      name: 'liba.so',
      flags: [0x403],
      cpu: baselineCpu('s390x'),
      glibcHwcaps: true,
      legacyHwcaps: false,
    };
    expect(cache && lookUpCache(cache, query)).toBe('/lib/liba.so');
    expect(parseLdSoCache(bytes, true)).toBeNull();
  });

  it('ignores what is cut short or no cache', () => {
    expect(parseLdSoCache(Buffer.alloc(0), true)).toBeNull();
    expect(parseLdSoCache(Buffer.from('glibc-ld.so.cache1.1'), true)).toBeNull();
    expect(parseLdSoCache(plain.subarray(0, 100), true)).toBeNull();
    const many = Buffer.from(plain);
    many.writeUInt32LE(0xffffffff, 20);
    expect(parseLdSoCache(many, true)).toBeNull();
    const badKey = Buffer.from(plain);
    for (let i = 0; i < 5; i += 1) badKey.writeUInt32LE(0xfffffff0, 48 + i * 24 + 4);
    expect(find(badKey, 'liba.so')).toBeNull();
  });

  it.skipIf(!existsSync('/etc/ld.so.cache') || process.arch !== 'x64')(
    "finds what ldconfig -p prints of this machine's cache",
    () => {
      const printed = execFileSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' });
      const first = new Map<string, string>();
      for (const [, name = '', path = ''] of printed.matchAll(/^\t(\S+) \(libc6,x86-64\) => (\S+)$/gm)) {
        if (!first.has(name)) first.set(name, path);
      }
      expect(first.size).toBeGreaterThan(20);
      const bytes = readFileSync('/etc/ld.so.cache');
      for (const [name, path] of first) expect(find(bytes, name), name).toBe(path);
    },
  );
});
