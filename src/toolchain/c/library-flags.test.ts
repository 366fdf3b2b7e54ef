import { describe, expect, it } from 'vitest';
import { closureLines, closureWords, libraryHeaderFlags, packageLines, wholeGroup } from './library-flags.ts';
import type { LibrarySysroot } from './library-sysroot.ts';

const built = (name: string, archives: readonly string[]) => ({
  name,
  version: '1',
  licence: 'MIT',
  source: `debian:${name}`,
  digest: 'sha256:0',
  archives,
});

const SYSROOT: LibrarySysroot = {
  path: '/s y',
  closure: new Map([
    ['ssl', ['crypto']],
    ['crypto', []],
    ['x; rm', []],
  ]),
  libraries: [built('openssl', ['ssl', 'crypto']), built('libxml2', ['xml2'])],
};

describe('libraries that were built, in a compiler', () => {
  it('are looked for before others, and leave no path of this machine', () => {
    expect(libraryHeaderFlags(SYSROOT)).toEqual([
      '-isystem', '/s y/usr/include', '-isystem', '/s y/usr/include/libxml2', '-ffile-prefix-map=/s y=',
    ]); // prettier-ignore
    expect(libraryHeaderFlags(null)).toEqual([]);
  });

  it('bring what they need, named by a word or by their file; no other name gets into the script', () => {
    const script = closureLines(SYSROOT).join('\n');
    expect(script).toContain(
      '-lssl|-l:libssl.a|"/s y/usr/lib"/libssl.a) libraries="$libraries -lssl -lcrypto" ;;',
    );
    expect(script).not.toContain('rm');
    expect(closureWords(null)).toBe('');
    expect(closureLines({ ...SYSROOT, closure: new Map() })).toEqual([]);
  });

  it('are one group for a single file', () => {
    expect(wholeGroup(SYSROOT).join(' ')).toBe('-Wl,--start-group -lssl -lcrypto -lxml2 -Wl,--end-group');
    expect(wholeGroup({ ...SYSROOT, libraries: [] })).toEqual([]);
  });

  it('are the first that pkg-config knows, and none without', () => {
    expect(packageLines(['pkg-config'], SYSROOT).join('\n')).toContain(
      "PKG_CONFIG_LIBDIR='/s y/usr/lib/pkgconfig' PKG_CONFIG_SYSROOT_DIR='/s y'",
    );
    expect(packageLines(['pkg-config'], null)).toEqual([]);
  });
});
