import { describe, expect, it } from 'vitest';
import { directoryOf, expandTokens, glibcDirectories, muslDirectories, muslRpath } from './path-list.ts';

const tokens = { origin: '/opt/x/bin', lib: 'lib/x86_64-linux-gnu', platform: 'haswell' };

describe('expandTokens', () => {
  it('knows three tokens, plain and in braces', () => {
    expect(expandTokens('$ORIGIN/../$LIB/${PLATFORM}', tokens)).toBe(
      '/opt/x/bin/../lib/x86_64-linux-gnu/haswell',
    );
    expect(expandTokens('${ORIGIN}$ORIGIN', tokens)).toBe('/opt/x/bin/opt/x/bin');
  });

  it('leaves what only looks like one', () => {
    for (const text of ['$ORIGINAL/x', '$origin', '${ORIGIN', '$$', '$LIB_', '${LIB}2', 'a$']) {
      expect(expandTokens(text, tokens)).toBe(text);
    }
  });

  it('gives up on a path whose token has no value', () => {
    expect(expandTokens('/a/$PLATFORM', { ...tokens, platform: null })).toBeNull();
    expect(expandTokens('/a/$LIB', { ...tokens, platform: null })).toBe('/a/lib/x86_64-linux-gnu');
  });
});

// elf/dl-load.c, _dl_dst_substitute; set before the real ld.so in test/differential/loader-secure.test.ts.
describe('expandTokens in secure mode', () => {
  const program = { ...tokens, secure: { trusted: ['/lib/', '/usr/lib/'] } };
  const inLib = { ...program, origin: '/usr/lib/x/bin' };

  it('takes $ORIGIN of the program only where it leads below a trusted directory', () => {
    expect(expandTokens('$ORIGIN/../lib', program)).toBeNull();
    expect(expandTokens('$ORIGIN/../lib', inLib)).toBe('/usr/lib/x/bin/../lib');
    expect(expandTokens('${ORIGIN}', inLib)).toBe('/usr/lib/x/bin');
    expect(expandTokens('$ORIGIN/../../..', inLib)).toBeNull();
    expect(expandTokens('$ORIGIN', { ...program, origin: '/usr/libexec' })).toBeNull();
  });

  it('takes it as the first component and nowhere else', () => {
    for (const text of ['/x$ORIGIN', '$ORIGIN.d', '$ORIGIN$ORIGIN', '/usr/lib/$ORIGIN'])
      expect(expandTokens(text, inLib)).toBeNull();
  });

  it('trusts a library, and what has no $ORIGIN', () => {
    expect(expandTokens('$ORIGIN/../lib', { ...tokens, secure: { trusted: null } })).toBe(
      '/opt/x/bin/../lib',
    );
    expect(expandTokens('/opt/$LIB', program)).toBe('/opt/lib/x86_64-linux-gnu');
  });
});

describe('glibcDirectories', () => {
  it('trims slashes, drops doubles, keeps empty elements as the current directory', () => {
    expect(glibcDirectories('/a//:/b:/a::$ORIGIN/lib:/', ':', tokens)).toEqual([
      '/a/',
      '/b/',
      '',
      '/opt/x/bin/lib/',
      '/',
    ]);
  });
  it('splits LD_LIBRARY_PATH at semicolons too', () => {
    expect(glibcDirectories('/a;/b', ':', tokens)).toEqual(['/a;/b/']);
    expect(glibcDirectories('/a;/b', ':;', tokens)).toEqual(['/a/', '/b/']);
  });
  it('ignores an empty list, and not a list of one colon', () => {
    expect(glibcDirectories('', ':', tokens)).toEqual([]);
    expect(glibcDirectories(':', ':', tokens)).toEqual(['']);
  });
});

describe('musl paths', () => {
  it('expands only $ORIGIN and drops a path with any other dollar', () => {
    expect(muslRpath('$ORIGIN/../lib:${ORIGIN}', '/o')).toBe('/o/../lib:/o');
    expect(muslRpath('/a:$LIB', '/o')).toBeNull();
    expect(muslRpath('/a', '/o')).toBe('/a');
  });
  it('splits at colons and newlines', () => {
    expect(muslDirectories('/lib/x86_64-linux-musl\n/usr/lib/::/x\n')).toEqual([
      '/lib/x86_64-linux-musl',
      '/usr/lib/',
      '/x',
    ]);
  });
});

describe('directoryOf', () => {
  it('is the text before the last slash', () => {
    expect(directoryOf('/opt/x/bin/../lib/l.so')).toBe('/opt/x/bin/../lib');
    expect(directoryOf('/l.so')).toBe('/');
    expect(directoryOf('l.so')).toBe('.');
  });
});
