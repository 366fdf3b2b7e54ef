import type { CToolchain } from './c-toolchain.ts';

/**
 * Words of a project's flags that are taken away before the compiler sees them, as patterns of the shell's `case`.
 * `linker`: parts of `-Wl,A,B`; `linkerPairs`: those with a value in the next part, `-z` and the values that are not taken.
 */
export interface DroppedWords {
  readonly compiler: readonly string[];
  readonly linker: readonly string[];
  /** Of the linker, with a value in the part behind it. */
  readonly linkerWithValue: readonly string[];
  /** Of `-z`. */
  readonly linkerZ: readonly string[];
  /** Patterns of the compiler that are kept, although one of `compiler` fits. */
  readonly kept: readonly string[];
  /** Taken away without a word: what a static program is anyway. */
  readonly quiet: readonly string[];
}

/**
 * `-pie` turns `-static` into a dynamic program; a table of exported symbols gives a static one relocations that nothing
 * applies: it answers `-V`, and crashes at its first call through one (nginx with TLS, haproxy with PCRE).
 */
export const DROPPED_FOR_STATIC: DroppedWords = {
  quiet: ['-pie', '-static-pie', '-Wl,-pie', '-shared-libgcc'],
  compiler: ['-rdynamic'],
  linker: [
    '-pie',
    '--pie',
    '-E',
    '--export-dynamic',
    '-export-dynamic',
    '-Bdynamic',
    '-dy',
    '-call_shared',
    '--dynamic-list=*',
    '-dynamic-list=*',
  ],
  linkerWithValue: ['--dynamic-list', '-dynamic-list'],
  linkerZ: [],
  kept: [],
};

/**
 * The machine's own folders, which a `configure` names that has looked for `/usr/include/openssl/ssl.h` itself (stunnel):
 * they are searched before the C library's own headers, and hold another one's.
 */
const FOLDERS_OF_THE_MACHINE = [
  ...['', '/', '/*-linux-gnu*'].map((below) => `-I/usr/include${below}`),
  ...['/usr/lib', '/usr/lib64', '/lib', '/lib64'].flatMap((folder) =>
    ['', '/', '/*-linux-gnu*'].map((below) => `-L${folder}${below}`),
  ),
];

/** At every step of a compile. */
export function droppedAlways({ family, libc }: Pick<CToolchain, 'family' | 'libc'>): DroppedWords | null {
  const unknown = family === 'zig' ? UNKNOWN_TO_ZIG : null;
  if (libc !== 'musl') return unknown;
  const { quiet, ...rest } = unknown ?? NOTHING;
  return { ...rest, quiet: [...quiet, ...FOLDERS_OF_THE_MACHINE] };
}

const NOTHING: DroppedWords = {
  quiet: [],
  kept: [],
  compiler: [],
  linker: [],
  linkerWithValue: [],
  linkerZ: [],
};

/**
 * What gcc and GNU ld take and zig stops at ("unknown clang option", "unsupported linker arg"), seen with zig 0.17.1. None
 * changes what a program does: they choose optimisations, checks and listings, or let a link pass that would fail.
 */
export const UNKNOWN_TO_ZIG: DroppedWords = {
  quiet: [],
  kept: ['-ftree-vectorize', '-fno-tree-vectorize', '-ftree-slp-vectorize', '-fno-tree-slp-vectorize'],
  compiler: [
    '-ftree-*',
    '-fno-tree-*',
    '-fgcse*',
    '-fno-gcse*',
    '-fipa-*',
    '-fno-ipa-*',
    '-fgraphite*',
    '-fno-graphite*',
    '-floop-*',
    '-fno-loop-*',
    '-fpredictive-commoning',
    '-fno-predictive-commoning',
    '-fvect-cost-model*',
    '-fno-vect-cost-model',
    '-fsimd-cost-model*',
    '-fvar-tracking*',
    '-fno-var-tracking*',
    '-fconserve-stack',
    '-fallow-store-data-races',
    '-fno-allow-store-data-races',
    '-faggressive-loop-optimizations',
    '-fno-aggressive-loop-optimizations',
    '-fprofile-partial-training',
    '-ftoplevel-reorder',
    '-fno-toplevel-reorder',
    '-malign-data=*',
    '-mindirect-branch=*',
    '-mindirect-branch-register',
    '-mfunction-return=keep',
    '-mpreferred-stack-boundary=*',
  ],
  linker: [
    '--warn-common',
    '--cref',
    '--verbose',
    '--stats',
    '--print-memory-usage',
    '--warn-shared-textrel',
    '-Bsymbolic-functions',
    '--relax',
    '--no-relax',
    '--add-needed',
    '--no-add-needed',
    '--copy-dt-needed-entries',
    '--no-copy-dt-needed-entries',
    '--no-keep-memory',
    '--reduce-memory-overheads',
    '--orphan-handling=*',
    '--warn-rwx-segments',
    '--no-warn-rwx-segments',
    '--exclude-libs=*',
    '--demangle',
    '--no-demangle',
    '--check-sections',
    '--no-check-sections',
    '--error-unresolved-symbols',
    '--allow-multiple-definition',
    '--rosegment',
    '--no-rosegment',
    '--threads*',
    '--no-threads',
    '-t',
    '--trace',
    '-M',
    '--print-map',
    '-Map=*',
    '--Map=*',
  ],
  linkerWithValue: ['-Map', '--Map', '--exclude-libs'],
  linkerZ: [
    'pack-relative-relocs',
    'nopack-relative-relocs',
    'muldefs',
    'nodlopen',
    'separate-code',
    'noseparate-code',
    'nodump',
    'combreloc',
    'nocombreloc',
    'text',
    'ibt',
    'shstk',
    'common',
    'nocommon',
    'start-stop-gc',
    'nostart-stop-gc',
  ],
};
