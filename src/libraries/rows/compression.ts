import type { LibraryRow } from './library-row.ts';

const MAKE_TOOLS = ['CC={cc}', 'AR={ar}', 'RANLIB={ranlib}'];

/** Libraries that pack and unpack. */
export const COMPRESSION: readonly LibraryRow[] = [
  {
    name: 'zlib',
    source: 'zlib',
    licence: 'Zlib',
    provides: {
      pkgConfig: ['zlib'],
      libs: ['z'],
      headers: ['zlib.h', 'zconf.h'],
      cmake: ['ZLIB'],
      crates: ['libz-sys'],
    },
    needs: [],
    recipe: {
      kind: 'autotools',
      handwritten: true,
      args: ['--static', '--prefix=/usr'],
      targets: ['libz.a'],
    },
  },
  {
    name: 'bzip2',
    source: 'bzip2',
    licence: 'bzip2-1.0.6',
    provides: {
      pkgConfig: ['bzip2'],
      libs: ['bz2'],
      headers: ['bzlib.h'],
      cmake: ['BZip2'],
      crates: ['bzip2-sys'],
    },
    needs: [],
    recipe: {
      kind: 'make',
      makeArgs: [...MAKE_TOOLS, 'CFLAGS=-D_FILE_OFFSET_BITS=64'],
      targets: ['libbz2.a'],
      install: [
        ['libbz2.a', 'lib/libbz2.a'],
        ['bzlib.h', 'include/bzlib.h'],
      ],
      modules: [{ name: 'bzip2', libs: '-lbz2' }],
    },
  },
  {
    name: 'xz',
    source: 'xz-utils',
    licence: 'LicenseRef-Public-Domain',
    provides: {
      pkgConfig: ['liblzma'],
      libs: ['lzma'],
      headers: ['lzma.h'],
      cmake: ['LibLZMA', 'liblzma'],
      crates: ['lzma-sys', 'liblzma-sys'],
    },
    needs: [],
    recipe: {
      kind: 'autotools',
      args: [
        '--disable-xz',
        '--disable-xzdec',
        '--disable-lzmadec',
        '--disable-lzmainfo',
        '--disable-lzma-links',
        '--disable-scripts',
        '--disable-doc',
        '--disable-nls',
      ],
    },
  },
  {
    name: 'lz4',
    source: 'lz4',
    licence: 'BSD-2-Clause',
    provides: {
      pkgConfig: ['liblz4'],
      libs: ['lz4'],
      headers: ['lz4.h', 'lz4hc.h', 'lz4frame.h'],
      cmake: ['lz4'],
      crates: ['lz4-sys'],
    },
    needs: [],
    recipe: {
      kind: 'make',
      directory: 'lib',
      makeArgs: [...MAKE_TOOLS, 'BUILD_SHARED=no', 'BUILD_STATIC=yes', 'PREFIX=/usr', 'prefix=/usr'],
      targets: ['liblz4.a'],
      installTargets: ['install'],
    },
  },
  {
    name: 'zstd',
    source: 'libzstd',
    licence: 'BSD-3-Clause',
    provides: {
      pkgConfig: ['libzstd'],
      libs: ['zstd'],
      headers: ['zstd.h', 'zdict.h', 'zstd_errors.h'],
      cmake: ['zstd'],
      crates: ['zstd-sys'],
    },
    needs: [],
    recipe: {
      kind: 'make',
      directory: 'lib',
      makeArgs: [...MAKE_TOOLS, 'PREFIX=/usr', 'LIBDIR=/usr/lib'],
      targets: ['libzstd.a'],
      installTargets: ['install-static', 'install-includes', 'install-pc'],
    },
  },
];
