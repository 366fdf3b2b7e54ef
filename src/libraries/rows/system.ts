import type { LibraryRow } from './library-row.ts';

const AUTORECONF = [
  { program: 'autoreconf', debianPackage: 'autoconf automake' },
  { program: 'libtoolize', debianPackage: 'libtool' },
];

/** Libraries beside the C library. */
export const SYSTEM: readonly LibraryRow[] = [
  {
    name: 'libcap',
    source: 'libcap2',
    licence: 'BSD-3-Clause OR GPL-2.0-only',
    provides: { pkgConfig: ['libcap', 'libpsx'], libs: ['cap', 'psx'], headers: ['sys/capability.h', 'sys/psx_syscall.h'], cmake: ['Cap'], crates: ['capng'] },
    needs: [],
    recipe: {
      kind: 'make',
      directory: 'libcap',
      makeArgs: ['CC={cc}', 'AR={ar}', 'RANLIB={ranlib}', 'BUILD_CC={buildCc}', 'BUILD_LD={buildCc}', 'SHARED=no', 'GOLANG=no', 'PAM_CAP=no', 'USE_GPERF=no', 'lib=lib', 'prefix=/usr', 'exec_prefix=/usr'],
      targets: ['libcap.a', 'libcap.pc', 'libpsx.a', 'libpsx.pc'],
      install: [
        ['libcap.a', 'lib/libcap.a'], ['libpsx.a', 'lib/libpsx.a'],
        ['libcap.pc', 'lib/pkgconfig/libcap.pc'], ['libpsx.pc', 'lib/pkgconfig/libpsx.pc'],
        ['include/sys/capability.h', 'include/sys/capability.h'], ['include/sys/psx_syscall.h', 'include/sys/psx_syscall.h'],
      ],
    },
  },
  {
    name: 'libxcrypt',
    source: 'libxcrypt',
    licence: 'LGPL-2.1-or-later',
    provides: { pkgConfig: ['libcrypt', 'libxcrypt'], libs: ['crypt'], headers: ['crypt.h'], cmake: ['Crypt'] },
    needs: [],
    recipe: { kind: 'autotools', args: ['--disable-failure-tokens', '--disable-xcrypt-compat-files', '--disable-werror'], modules: [{ name: 'libcrypt', libs: '-lcrypt' }] },
    buildTools: AUTORECONF,
  },
  {
    name: 'mimalloc',
    source: 'mimalloc',
    licence: 'MIT',
    provides: { pkgConfig: ['mimalloc'], libs: ['mimalloc'], headers: ['mimalloc.h'], cmake: ['mimalloc'], crates: ['libmimalloc-sys'] },
    needs: [],
    recipe: {
      kind: 'cmake',
      args: ['-DMI_BUILD_SHARED=OFF', '-DMI_BUILD_TESTS=OFF', '-DMI_OVERRIDE=ON', '-DMI_INSTALL_TOPLEVEL=ON', '-DMI_BUILD_OBJECT=OFF', '-DCMAKE_CXX_COMPILER_FORCED=ON'],
    },
  },
  {
    name: 'libmd',
    source: 'libmd',
    licence: 'BSD-3-Clause',
    provides: { pkgConfig: ['libmd'], libs: ['md'], headers: ['md5.h', 'sha1.h', 'sha2.h', 'rmd160.h'], cmake: ['libmd'] },
    needs: [],
    recipe: { kind: 'autotools' },
    buildTools: AUTORECONF,
  },
  {
    name: 'libbsd',
    source: 'libbsd',
    licence: 'BSD-3-Clause',
    provides: { pkgConfig: ['libbsd', 'libbsd-overlay'], libs: ['bsd'], headers: ['bsd/bsd.h', 'bsd/string.h', 'bsd/stdlib.h', 'bsd/unistd.h'], cmake: ['libbsd'] },
    needs: ['libmd'],
    recipe: { kind: 'autotools' },
    buildTools: AUTORECONF,
  },
  {
    name: 'popt',
    source: 'popt',
    licence: 'MIT',
    provides: { pkgConfig: ['popt'], libs: ['popt'], headers: ['popt.h'], cmake: ['popt'] },
    needs: [],
    recipe: { kind: 'autotools', args: ['--disable-nls'] },
  },
]; // prettier-ignore
