import { describe, expect, it } from 'vitest';
import { buildOrder, linkClosure } from './closure.ts';
import { rowsFor } from './rows-for.ts';
import { LIBRARY_ROWS, rowNamed } from './rows.ts';

describe('the table of libraries', () => {
  it('has each name, each package and each wish once', () => {
    const all = (of: (row: (typeof LIBRARY_ROWS)[number]) => readonly string[]): readonly string[] =>
      LIBRARY_ROWS.flatMap(of);
    for (const names of [
      all((row) => [row.name]),
      all((row) => [row.source]),
      all(({ provides }) => provides.pkgConfig),
      all(({ provides }) => provides.libs),
      all(({ provides }) => provides.headers),
      all(({ provides }) => provides.crates ?? []),
    ])
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('needs rows that are there, and no row in a circle', () => {
    for (const row of LIBRARY_ROWS) expect(buildOrder([row.name], rowNamed).at(-1)).toBe(row);
  });

  it('names an archive for each further name', () => {
    for (const { provides, recipe } of LIBRARY_ROWS)
      for (const [alias, archive] of recipe.aliases ?? []) {
        expect(provides.libs).toContain(alias);
        expect(provides.libs.length === 0 || archive !== alias).toBe(true);
      }
  });
});

describe('rowsFor', () => {
  it.each([
    [{ kind: 'pkg-config', name: 'libssl' }, 'openssl'],
    [{ kind: 'pkg-config', name: 'tinfo' }, 'ncurses'],
    [{ kind: 'link', name: 'lzma' }, 'xz'],
    [{ kind: 'header', name: 'readline/readline.h' }, 'readline'],
    [{ kind: 'header', name: 'openssl/kdf.h' }, 'openssl'],
    [{ kind: 'header', name: 'sys/capability.h' }, 'libcap'],
    [{ kind: 'cmake', name: 'CURL' }, 'curl'],
    [{ kind: 'cmake', name: 'Curl' }, 'curl'],
    [{ kind: 'crate', name: 'libsqlite3-sys' }, 'sqlite3'],
  ] as const)('%j is %s', (wish, name) => {
    expect(rowsFor(wish)?.name).toBe(name);
  });

  it.each([
    { kind: 'link', name: 'c' },
    { kind: 'link', name: 'm' },
    { kind: 'header', name: 'sys/types.h' },
    { kind: 'header', name: 'stdio.h' },
    { kind: 'link', name: 'constructor' },
    { kind: 'crate', name: 'ssl' },
  ] as const)('%j is nobody’s', (wish) => {
    expect(rowsFor(wish)).toBeNull();
  });
});

describe('linkClosure', () => {
  it('puts behind an archive what it calls, all the way down', () => {
    const closure = linkClosure(buildOrder(['curl', 'readline'], rowNamed), rowNamed);
    expect(closure.get('curl')).toEqual(['z', 'ssl', 'crypto', 'nghttp2']);
    expect(closure.get('ssl')).toEqual(['crypto']);
    expect(closure.get('crypto')).toEqual([]);
    expect(closure.get('readline')).toContain('ncursesw');
    expect(closure.get('readline')).not.toContain('termcap');
  });

  it('says of an unknown name which there are', () => {
    expect(() => buildOrder(['opnessl'], rowNamed)).toThrow('"opnessl"');
  });
});
