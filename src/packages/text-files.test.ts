import { describe, expect, it } from 'vitest';
import { apkFamily } from './apk-database.ts';
import { dpkgFamily } from './dpkg-status.ts';
import { linesOf, stanzasOf } from './text-files.ts';

const count = (all: Iterable<unknown>): number => [...all].length;

describe('texts of package databases', () => {
  it('are read by lines and by stanzas', () => {
    expect([...linesOf('a\nb\n\nc')]).toEqual(['a', 'b', '', 'c']);
    expect([...stanzasOf('a: 1\nb: 2\n\n\nc: 3\n\n')]).toEqual(['a: 1\nb: 2', 'c: 3']);
    expect([...linesOf(''), ...stanzasOf(''), ...stanzasOf('\n')]).toEqual([]);
  });

  it('of empty lines are next to nothing, and not so many packages', () => {
    const empty = '\n'.repeat(30_000_000);
    expect(count(linesOf(empty))).toBe(1);
    expect(count(stanzasOf(`${empty}a: 1${empty}`))).toBe(1);
    expect(apkFamily(`P:a\nD:b\n${empty}P:b\n`, 'a')).toEqual(new Set(['a', 'b']));
    const stanza = (name: string, more: string): string =>
      `Status: ok ok installed\nPackage: ${name}\n${more}`;
    const status = `${stanza('a', 'Depends: b\n')}${empty}${stanza('b', '')}`;
    expect(dpkgFamily(status, 'a')).toEqual(new Set(['a', 'b']));
  });
});
