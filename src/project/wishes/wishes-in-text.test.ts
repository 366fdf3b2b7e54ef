import { describe, expect, it } from 'vitest';
import {
  type PlacedWish,
  wishesOfCgo,
  wishesOfCmake,
  wishesOfConfigureAc,
  wishesOfMakefile,
  wishesOfMeson,
} from './wishes-in-text.ts';

const said = (wishes: readonly PlacedWish[]): readonly string[] =>
  wishes.map(({ kind, name }) => `${kind} ${name}`);

describe('what build files ask for', () => {
  it.each<[string, (text: string) => readonly PlacedWish[], string, readonly string[]]>([
    [
      'PKG_CHECK_MODULES',
      wishesOfConfigureAc,
      'PKG_CHECK_MODULES([X], [zlib >= 1.2 libxml-2.0,foo=3], [a], [b])',
      ['pkg-config zlib', 'pkg-config libxml-2.0', 'pkg-config foo'],
    ],
    [
      'AC_CHECK_LIB',
      wishesOfConfigureAc,
      'AC_CHECK_LIB([ssl], [SSL_new(a, b)])\ndnl AC_CHECK_LIB([no])',
      ['link ssl'],
    ],
    [
      'AC_SEARCH_LIBS',
      wishesOfConfigureAc,
      'AC_SEARCH_LIBS(tgetent,\n [ncursesw tinfo])',
      ['link ncursesw', 'link tinfo'],
    ],
    ['a computed name', wishesOfConfigureAc, 'AC_CHECK_LIB([$lib], [x])', []],
    ['a call without an end', wishesOfConfigureAc, 'AC_CHECK_LIB([ssl', []],
    [
      'find_package',
      wishesOfCmake,
      '# find_package(No)\nfind_package(CURL 7 REQUIRED)\nfind_package(${X})',
      ['cmake CURL'],
    ],
    [
      'pkg_check_modules',
      wishesOfCmake,
      'pkg_check_modules(Z REQUIRED IMPORTED_TARGET zlib>=1.2)',
      ['pkg-config zlib'],
    ],
    ['find_library', wishesOfCmake, 'find_library(Z NAMES z libz.a PATHS /x)', ['link z', 'link z']],
    [
      'dependency()',
      wishesOfMeson,
      "z = dependency('zlib', required: false)\nm = cc.find_library('bz2')",
      ['pkg-config zlib', 'link bz2'],
    ],
    [
      '-lX',
      wishesOfMakefile,
      'LDLIBS = -lreadline -lncurses # -lno\nx-lz:',
      ['link readline', 'link ncurses'],
    ],
    [
      'pkg-config',
      wishesOfMakefile,
      'L := $(shell pkg-config --libs libcurl $(MORE))',
      ['pkg-config libcurl'],
    ],
    [
      '#cgo',
      wishesOfCgo,
      '// #cgo pkg-config: libgit2\n#cgo linux LDFLAGS: -lsqlite3 -lm\n',
      ['pkg-config libgit2', 'link sqlite3', 'link m'],
    ],
  ])('%s', (_, read, text, expected) => {
    expect(said(read(text))).toEqual(expected);
  });

  it('knows where it stands', () => {
    const text = 'AC_INIT\ndnl x\nAC_CHECK_LIB(z, inflate)\n';
    expect(wishesOfConfigureAc(text)[0]?.at).toBe(text.indexOf('AC_CHECK_LIB'));
  });

  it.each([wishesOfConfigureAc, wishesOfCmake, wishesOfMeson, wishesOfMakefile, wishesOfCgo])(
    'takes no time over text without an end: %o',
    (read) => {
      const parts = [
        'AC_CHECK_LIB([',
        'find_package(',
        "dependency('",
        'pkg-config ',
        '#cgo ',
        '(',
        ' ',
        '-l',
      ];
      for (const part of parts) expect(read(part.repeat(20_000)).length).toBeLessThan(100_000);
    },
  );
});
