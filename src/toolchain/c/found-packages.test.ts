import { describe, expect, it } from 'vitest';
import {
  type FoundPackages,
  lostPackages,
  packagesInCmakeCache,
  packagesInConfigLog,
  packagesInMesonLog,
} from './found-packages.ts';

const lost = (read: (text: string) => FoundPackages, ordinary: string, other: string): readonly string[] =>
  lostPackages(read(ordinary), read(other));

const cmake = (ninja: string | null) => (text: string) => packagesInCmakeCache(text, ninja);
const ZLIB = '/usr/lib/x86_64-linux-gnu/libz.so';
const FOUND_ZLIB = `ZLIB_LIBRARY_RELEASE:FILEPATH=${ZLIB}\nZLIB_INCLUDE_DIR:PATH=/usr/include\nFIND_PACKAGE_MESSAGE_DETAILS_ZLIB:INTERNAL=[${ZLIB}][/usr/include][c ][v1.2.13()]`;
const NO_ZLIB =
  'ZLIB_LIBRARY_RELEASE:FILEPATH=ZLIB_LIBRARY_RELEASE-NOTFOUND\nZLIB_INCLUDE_DIR:PATH=ZLIB_INCLUDE_DIR-NOTFOUND';

describe('what CMake found', () => {
  it.each<[string, string, readonly string[]]>([
    [FOUND_ZLIB, NO_ZLIB, ['zlib']],
    [FOUND_ZLIB, '', ['zlib']],
    [FOUND_ZLIB, FOUND_ZLIB.replaceAll('libz.so', 'libz.a'), []],
    ['FOO_FOUND:INTERNAL=1', 'FOO_FOUND:INTERNAL=', ['foo']],
    [
      'nlohmann_json_DIR:PATH=/usr/share/cmake/x',
      'nlohmann_json_DIR:PATH=nlohmann_json_DIR-NOTFOUND',
      ['nlohmann_json'],
    ],
    ['HAVE_LIBCAP:INTERNAL=1', 'HAVE_LIBCAP:INTERNAL=', ['libcap'.replace('lib', '')]],
    ['MY_Z:FILEPATH=/usr/lib/libz.so', 'MY_Z:FILEPATH=MY_Z-NOTFOUND', ['zlib']],
    // Facts of a C library, its own parts, programs and what tests use.
    ['HAVE_STRLCPY:INTERNAL=1', 'HAVE_STRLCPY:INTERNAL=', []],
    ['M:FILEPATH=/usr/lib/libm.so', 'M:FILEPATH=M-NOTFOUND', []],
    ['FIND_PACKAGE_MESSAGE_DETAILS_Threads:INTERNAL=[TRUE][v()]', '', []],
    ['FIND_PACKAGE_MESSAGE_DETAILS_Git:INTERNAL=[/usr/bin/git]', '', []],
    ['FIND_PACKAGE_MESSAGE_DETAILS_GTest:INTERNAL=[/usr/lib/x]', '', []],
    ['CMAKE_AR:FILEPATH=/usr/bin/ar', 'CMAKE_AR:FILEPATH=/x/ar', []],
    ['gz_SOURCE_DIR:STATIC=/x\ngz_BINARY_DIR:STATIC=/y', '', []],
  ])('%j, and %j', (ordinary, other, expected) => {
    expect(lost(cmake(null), ordinary, other)).toEqual(expected);
  });

  it('counts a library only where a step of the build links it', () => {
    expect(lost(cmake(`build gz: LINK main.o | ${ZLIB}`), FOUND_ZLIB, NO_ZLIB)).toEqual(['zlib']);
    expect(lost(cmake('build gz: LINK main.o'), FOUND_ZLIB, NO_ZLIB)).toEqual([]);
  });

  it('sees that something was not found, whatever it is', () => {
    expect(packagesInCmakeCache(NO_ZLIB, null).lacks).toBe(true);
    expect(packagesInCmakeCache(FOUND_ZLIB, null).lacks).toBe(false);
  });
});

const log = (check: string, result: string, between = ''): string =>
  `configure:10: checking ${check}\n${between}configure:20: result: ${result}\n`;
const LINKED = "## Output variables. ##\nLIBS='-lz -lncursesw'\n";
const PKG = 'configure:11: $PKG_CONFIG --exists --print-errors "libcurl >= 7"\n';

describe('what configure found', () => {
  it.each<[string, string, readonly string[]]>([
    [log('for deflate in -lz', 'yes') + LINKED, log('for deflate in -lz', 'no'), ['zlib']],
    [log('for deflate in -lz', '(cached) yes') + LINKED, log('for deflate in -lz', 'yes') + LINKED, []],
    [log('for deflate in -lz', 'yes'), log('for deflate in -lz', 'no'), []],
    [
      log('for library containing initscr', '-lncursesw') + LINKED,
      log('for library containing initscr', 'no'),
      ['libncursesw'],
    ],
    [log('for library containing dlopen', '-ldl') + LINKED, log('for library containing dlopen', 'no'), []],
    [log('for libcurl >= 7', 'yes', PKG), log('for libcurl >= 7', 'no', PKG), ['libcurl']],
    [log('for strlcpy', 'yes'), log('for strlcpy', 'no'), []],
    [log('for execinfo.h', 'yes'), log('for execinfo.h', 'no'), []],
    [log('for sqrt in -lm', 'yes') + LINKED, log('for sqrt in -lm', 'no'), []],
  ])('%j, and %j', (ordinary, other, expected) => {
    expect(lost(packagesInConfigLog, ordinary, other)).toEqual(expected);
  });
});

describe('what Meson found', () => {
  it.each<[string, string, readonly string[]]>([
    [
      'Run-time dependency zlib found: YES 1.2.13',
      'Run-time dependency zlib found: NO (tried pkgconfig)',
      ['zlib'],
    ],
    ['Library z found: YES', 'Library z found: NO', ['zlib']],
    ['Run-time dependency threads found: YES', 'Run-time dependency threads found: NO', []],
    ['Library m found: YES', 'Library m found: NO', []],
    ['Checking for function "strlcpy" : YES', 'Checking for function "strlcpy" : NO', []],
    ['Run-time dependency gtest found: YES 1.12', '', []],
  ])('%j, and %j', (ordinary, other, expected) => {
    expect(lost(packagesInMesonLog, ordinary, other)).toEqual(expected);
  });
});
