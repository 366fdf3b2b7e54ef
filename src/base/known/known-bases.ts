import type { NeedKey } from '../../needs/index.ts';
import type { Base } from './base.ts';
import { libraryTable } from './base-table.ts';
import { DEBIAN_12_LIBRARIES } from './debian-12-libraries.ts';
import { DEBIAN_13_LIBRARIES } from './debian-13-libraries.ts';
import { DISTROLESS_CC_12_LIBRARIES } from './distroless-cc-12-libraries.ts';
import { DISTROLESS_CC_13_LIBRARIES } from './distroless-cc-13-libraries.ts';
import { PLATFORMS } from './platforms.ts';
import {
  ALPINE_LIBRARIES,
  UBUNTU_22_04_LIBRARIES,
  UBUNTU_24_04_LIBRARIES,
  UBI_10_LIBRARIES,
  UBI_9_LIBRARIES,
} from './other-libraries.ts';

const DEBIAN_FILES: readonly NeedKey[] = [
  'users',
  'tmp',
  'time-zones',
  'shell',
  'terminfo',
  'locale',
  'libgcc_s',
  'iconv',
];
const UBUNTU_FILES: readonly NeedKey[] = ['users', 'tmp', 'shell', 'terminfo', 'locale', 'libgcc_s', 'iconv'];
const DISTROLESS_FILES: readonly NeedKey[] = [
  'users',
  'tmp',
  'ca-certificates',
  'time-zones',
  'services',
  'mime-types',
];
const GCC_LIBRARIES = /^(libgcc_s|libstdc\+\+|libgomp)\./;
const MINBASE = 'read from debootstrap --variant=minbase by bench/matrix/describe-bases.mjs';
const PACKAGES = 'read from the packages it is made of by bench/matrix/describe-bases.mjs';
const KNOWN = 'from the documentation of the image; the list of libraries may lack some';

const NONE = libraryTable('');

const glibc = (version: string): Base['libc'] => ({ name: 'glibc', version });

function debian(release: '12' | '13', version: string, table: string): readonly Base[] {
  const base = {
    source: MINBASE,
    platforms: release === '12' ? PLATFORMS.debian12 : PLATFORMS.debian13,
    libc: glibc(version),
    libraries: libraryTable(table),
    complete: true,
    fulfils: DEBIAN_FILES,
    mergedUsr: true as const,
    multiarch: true as const,
  };
  return [
    { name: `debian:${release}`, ...base },
    { name: `debian:${release}-slim`, ...base },
  ];
}

/** distroless base is cc without the compiler's libraries. */
function distroless(suffix: string, version: string, table: string): readonly Base[] {
  const common = {
    source: PACKAGES,
    platforms: PLATFORMS.distroless,
    libc: glibc(version),
    complete: true,
    // Of Debian 12's packages; whether /lib is a link in the other is not known.
    ...(suffix === '' ? { multiarch: true as const } : {}),
  };
  return [
    {
      name: `distroless-base${suffix}`,
      ...common,
      libraries: libraryTable(table, (soname) => !GCC_LIBRARIES.test(soname)),
      fulfils: [...DISTROLESS_FILES, 'iconv'],
    },
    {
      name: `distroless-cc${suffix}`,
      ...common,
      libraries: libraryTable(table),
      fulfils: [...DISTROLESS_FILES, 'iconv', 'libgcc_s'],
    },
  ];
}

function ubuntu(release: string, version: string, table: string): Base {
  return {
    name: `ubuntu:${release}`,
    source: KNOWN,
    platforms: PLATFORMS.ubuntu,
    libc: glibc(version),
    libraries: libraryTable(table),
    complete: false,
    fulfils: UBUNTU_FILES,
    mergedUsr: true,
    multiarch: true,
  };
}

/** Red Hat's: built for newer processors than others are, which is said with each verdict. */
function ubi(release: string, version: string, table: string, cpuLevel: string): Base {
  return {
    name: `ubi:${release}`,
    source: KNOWN,
    platforms: PLATFORMS.ubi,
    libc: glibc(version),
    cpuLevel,
    libraries: libraryTable(table),
    complete: false,
    fulfils: ['users', 'tmp', 'shell', 'ca-certificates'],
    mergedUsr: true,
  };
}

/** Images that programs are put on, smallest first. Verdicts are given in this order. */
export const KNOWN_BASES: readonly Base[] = [
  {
    name: 'scratch',
    source: 'empty',
    platforms: null,
    libc: null,
    libraries: NONE,
    complete: true,
    fulfils: [],
  },
  {
    name: 'distroless-static',
    source: PACKAGES,
    platforms: PLATFORMS.distroless,
    libc: null,
    libraries: NONE,
    complete: true,
    fulfils: DISTROLESS_FILES,
  },
  // busybox of the image `busybox:musl` is static: it brings no loader.
  {
    name: 'busybox:musl',
    source: KNOWN,
    platforms: PLATFORMS.busybox,
    libc: null,
    libraries: NONE,
    complete: true,
    fulfils: ['users', 'tmp', 'shell'],
  },
  {
    name: 'busybox:glibc',
    source: KNOWN,
    platforms: PLATFORMS.busybox,
    libc: glibc('2.36'),
    libraries: libraryTable(DISTROLESS_CC_12_LIBRARIES, (soname) =>
      /^(ld-|lib(c|m|pthread|resolv)\.so)/.test(soname),
    ),
    complete: false,
    fulfils: ['users', 'tmp', 'shell'],
  },
  {
    name: 'alpine',
    source: KNOWN,
    platforms: PLATFORMS.alpine,
    libc: { name: 'musl', version: '1.2.5' },
    libraries: libraryTable(ALPINE_LIBRARIES),
    complete: true,
    fulfils: ['users', 'tmp', 'ca-certificates', 'shell', 'services'],
  },
  ...distroless('', '2.36', DISTROLESS_CC_12_LIBRARIES),
  ...distroless('-debian13', '2.41', DISTROLESS_CC_13_LIBRARIES),
  ...debian('12', '2.36', DEBIAN_12_LIBRARIES),
  ...debian('13', '2.41', DEBIAN_13_LIBRARIES),
  ubuntu('22.04', '2.35', UBUNTU_22_04_LIBRARIES),
  ubuntu('24.04', '2.39', UBUNTU_24_04_LIBRARIES),
  ubi('9', '2.34', UBI_9_LIBRARIES, 'x86-64-v2'),
  ubi('10', '2.39', UBI_10_LIBRARIES, 'x86-64-v3'),
];
