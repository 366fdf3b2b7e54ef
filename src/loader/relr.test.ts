import { describe, expect, it } from 'vitest';
import { memoryByteSource } from '../core/byte-source.ts';
import type { FileTree } from '../rootfs/index.ts';
import { muslVersion } from './musl-version.ts';
import { appliesRelr } from './relr.ts';

describe('appliesRelr', () => {
  it.each([
    ['glibc', '2.35', false],
    ['glibc', '2.36', true],
    ['musl', '1.2.3', false],
    ['musl', '1.2.4', true],
    ['musl', '1.2.10', true],
    ['musl', null, null],
  ] as const)('%s %s: %s', (name, version, applied) => {
    expect(appliesRelr({ name, version })).toBe(applied);
  });

  it('believes a symbol version more than a number', () => {
    expect(appliesRelr({ name: 'glibc', version: '2.34', versionNames: ['GLIBC_ABI_DT_RELR'] })).toBe(true);
  });
});

describe('muslVersion', () => {
  const versionIn = (content: string): string | null => {
    const open = () => memoryByteSource(Buffer.from(content, 'latin1'));
    const tree: FileTree = { name: 'test', lstat: () => null, list: () => [], resolve: () => null, open };
    return muslVersion(tree, '/lib/ld-musl-x86_64.so.1');
  };
  const BANNER = 'musl libc (x86_64)\nVersion %s\n\0';

  it('is what the loader would print of itself', () => {
    expect(versionIn(`${BANNER}\x001.2.3\x00127.0.0.1\0`)).toBe('1.2.3');
  });

  it.each([
    ['no musl', '\x001.2.3\0'],
    ['no version', BANNER],
    ['from between two releases', `${BANNER}\x001.2.3-git-12-gabcdef\0`],
    ['two of them', `${BANNER}\x001.2.3\x001.2.5\0`],
  ])('is not known of what has %s', (_name, content) => {
    expect(versionIn(content)).toBeNull();
  });
});
