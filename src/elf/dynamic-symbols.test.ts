import { describe, expect, it } from 'vitest';
import { buildElf } from '../../test/property/elf-builder.ts';
import { memoryByteSource } from '../core/byte-source.ts';
import { exportedSymbols, glibcNeeds, importedSymbols, openElf } from './index.ts';

const imports = [
  { name: 'puts', library: 'libc.so.6', version: 'GLIBC_2.2.5' },
  { name: 'arc4random', library: 'libc.so.6', version: 'GLIBC_2.36' },
  { name: 'plugin_hook' },
];
const exports = [
  { name: 'start', version: 'X_1' },
  { name: 'start_old', version: 'X_1', hidden: true },
  { name: 'plain' },
];

describe('dynamic symbols', () => {
  for (const hash of ['sysv', 'gnu', 'both', 'none'] as const) {
    it(`are counted with hash style ${hash}`, () => {
      const elf = openElf(
        memoryByteSource(buildElf({ hash, imports, exports, needed: ['libc.so.6'] }), hash),
      );
      expect(importedSymbols(elf)).toEqual([
        { name: 'puts', version: 'GLIBC_2.2.5', library: 'libc.so.6', weak: false },
        { name: 'arc4random', version: 'GLIBC_2.36', library: 'libc.so.6', weak: false },
        { name: 'plugin_hook', version: null, library: null, weak: false },
      ]);
      expect(exportedSymbols(elf)).toEqual([
        { name: 'start', version: 'X_1', isDefault: true, isFunction: true },
        { name: 'start_old', version: 'X_1', isDefault: false, isFunction: true },
        { name: 'plain', version: null, isDefault: true, isFunction: true },
      ]);
    });
  }

  it('are counted without exports, where DT_GNU_HASH is empty', () => {
    const elf = openElf(memoryByteSource(buildElf({ hash: 'gnu', imports }), 'program'));
    expect(importedSymbols(elf).map(({ name }) => name)).toEqual(['puts', 'arc4random', 'plugin_hook']);
  });

  it('say which of them raised the minimum glibc', () => {
    const elf = openElf(memoryByteSource(buildElf({ imports }), 'program'));
    expect(glibcNeeds(elf)).toEqual([
      { version: '2.36', symbols: ['arc4random'] },
      { version: '2.2.5', symbols: ['puts'] },
    ]);
  });

  it('that a bucket places outside the file are ELF_INVALID', () => {
    const bytes = buildElf({ hash: 'gnu', exports });
    // one bucket, exports from symbol 1, one bloom word, no shift
    const table = bytes.indexOf(Buffer.from('01000000010000000100000000000000', 'hex'));
    expect(table).toBeGreaterThan(0);
    bytes.writeUInt32LE(0x7fffffff, table + 16 + 8);
    expect(() => importedSymbols(openElf(memoryByteSource(bytes, 'x')))).toThrow(/damaged/);
  });
});

describe('DT_HASH of s390x', () => {
  it('has words of 64 bits from binutils, of 32 bits from lld', () => {
    const narrow = buildElf({ hash: 'sysv', machine: 22, littleEndian: false, imports, exports });
    expect(importedSymbols(openElf(memoryByteSource(narrow, 'lld')))).toHaveLength(3);
    const wide = buildElf({ hash: 'sysv-wide', machine: 22, littleEndian: false, imports, exports });
    expect(exportedSymbols(openElf(memoryByteSource(wide, 'binutils')))).toHaveLength(3);
  });
});
