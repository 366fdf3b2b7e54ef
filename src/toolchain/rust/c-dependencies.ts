import { join } from 'node:path';
import type { RustProject } from '../../project/project.ts';
import type { CToolchain } from '../c/c-toolchain.ts';
import { quoteWord, refusingWrapper } from '../c/compiler-wrapper.ts';
import { libraryFolder } from '../c/library-flags.ts';
import { libraryCompiler, libraryPkgConfig } from '../c/library-compilers.ts';
import { kernelHeaders } from '../c/kernel-headers.ts';
import { sharedCompilers } from '../c/shared-compilers.ts';
import type { PlannedFile, PlanOptions } from '../plan.ts';
import type { Tools } from '../find/tools.ts';
import { tripleVariable } from './rust-target.ts';

/** The C compiler of a rung, under one path each, for the linker and for crates that compile C. */
export interface CCompilers {
  readonly cc: string;
  readonly files: readonly PlannedFile[];
  /** What crates read: the `cc` crate's variables, and those of crates that look for a system library. */
  readonly env: Readonly<Record<string, string>>;
}

/** Pure. */
export function cCompilers(
  project: RustProject,
  toolchain: CToolchain,
  tools: Tools,
  triple: string,
  options: PlanOptions,
): CCompilers {
  const { directory, files } = sharedCompilers(options, toolchain, (folder) =>
    scriptsIn(folder, toolchain, tools, options),
  );
  const [cc, cxx, ar] = ['cc', 'c++', 'ar'].map((name) => join(directory, name)) as [string, string, string];
  const env = bringsC(project) ? variables(project, toolchain, triple, { cc, cxx, ar }) : {};
  const hasPkgConfig = files.some(({ path }) => path === join(directory, 'pkg-config'));
  const asked = hasPkgConfig ? packageVariables(triple, join(directory, 'pkg-config')) : {};
  return { cc, files, env: { ...env, ...asked } };
}

/**
 * Of the target alone: build scripts and macros are for this machine, and link what is here. A crate whose library was not
 * built falls back to its own sources, or fails, as without.
 */
function packageVariables(triple: string, pkgConfig: string): Readonly<Record<string, string>> {
  const variable = (name: string): string => `${name}_${triple.replaceAll('-', '_')}`;
  return {
    [variable('PKG_CONFIG')]: pkgConfig,
    [variable('PKG_CONFIG_ALLOW_CROSS')]: '1',
    PKG_CONFIG_ALL_STATIC: '1',
    // Both ask pkg-config only where they are told to; with another target they take their own sources.
    LIBSQLITE3_SYS_USE_PKG_CONFIG: '1',
    ZSTD_SYS_USE_PKG_CONFIG: '1',
  };
}

/** For rustc: where the libraries are of crates that name them and no folder. */
export function librarySearchFlags({ libraries }: PlanOptions): readonly string[] {
  return libraries == null ? [] : [`-Lnative=${libraryFolder(libraries)}`];
}

function scriptsIn(
  directory: string,
  toolchain: CToolchain,
  tools: Tools,
  { libraries: built = null }: PlanOptions,
): readonly PlannedFile[] {
  const libraries = toolchain.libc === 'musl' ? built : null;
  const headers = kernelHeaders(toolchain, tools, join(directory, 'kernel-headers'));
  const script = (name: string, text: string): PlannedFile => ({
    path: join(directory, name),
    content: { kind: 'text', text, mode: 0o755 },
  });
  const compiler = (words: readonly string[]): string => {
    const all = [...words, ...headers.flags];
    return libraries === null
      ? wrapper(all, toolchain)
      : libraryCompiler([...all, ...ownFlags(toolchain)], libraries, filterLines(toolchain));
  };
  // With another C library's C++ compiler the link would succeed and the program crash (users.md, pain 1).
  const cxxText =
    toolchain.cxx === null ? refusingWrapper(`${toolchain.label} has no C++`) : compiler(toolchain.cxx);
  const archiver =
    toolchain.archiver === null ? [] : [script('ar', wrapper([...toolchain.archiver, 'ar'], null))];
  const pkgConfig = libraryPkgConfig(tools, libraries);
  return [
    script('cc', compiler(toolchain.cc)),
    script('c++', cxxText),
    ...archiver,
    ...(pkgConfig === null ? [] : [script('pkg-config', pkgConfig)]),
    ...headers.files,
  ];
}

/** A project without a lock file may bring any crate. */
function bringsC(project: RustProject): boolean {
  return project.systemCrates.length > 0 || !project.hasLockFile;
}

function variables(
  project: RustProject,
  toolchain: CToolchain,
  triple: string,
  paths: { readonly cc: string; readonly cxx: string; readonly ar: string },
): Readonly<Record<string, string>> {
  const wanted: Readonly<Record<string, string>> = {
    [tripleVariable('CC', triple)]: paths.cc,
    [tripleVariable('CXX', triple)]: paths.cxx,
    ...(toolchain.archiver === null ? {} : { [tripleVariable('AR', triple)]: paths.ar }),
    // zig's C++ library; the `cc` crate asks for libstdc++ on Linux.
    ...(toolchain.family === 'zig' ? { [tripleVariable('CXXSTDLIB', triple)]: 'c++' } : {}),
  };
  const set = new Set(project.settings.compilerVariables);
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => !set.has(name)));
}

/**
 * clang (zig) understands neither Rust's triples, which the `cc` crate passes on, nor gcc's -m64 beside a target, nor the
 * emulation that rustc names for 386. Without -O zig turns its sanitizer on, which changes what programs do.
 */
function wrapper(words: readonly string[], toolchain: CToolchain | null): string {
  const start = ['exec', ...words, ...ownFlags(toolchain)];
  return [
    '#!/bin/sh',
    "# Written by morsel: one rung's compiler. Changes here are lost.",
    ...filterLines(toolchain),
    `${start.map(quoteWord).join(' ')} "$@"`,
    '',
  ].join('\n');
}

function ownFlags(toolchain: CToolchain | null): readonly string[] {
  return toolchain?.family === 'zig' ? ['-fno-sanitize=undefined'] : [];
}

function filterLines(toolchain: CToolchain | null): readonly string[] {
  if (toolchain?.family !== 'zig') return [];
  return [
    'left=$#',
    'while [ $left -gt 0 ]; do',
    '  argument=$1; shift; left=$((left - 1))',
    '  case $argument in --target=*|-m64|-m32|-Wl,-melf_i386) ;; *) set -- "$@" "$argument" ;; esac',
    'done',
  ];
}

/**
 * By crate: what makes its build script link the system's library statically, where it links the system's at all. Not
 * `LIBZ_SYS_STATIC`: libz-sys then builds its own zlib.
 */
const STATIC_VARIABLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'openssl-sys': { OPENSSL_STATIC: '1' },
  'lzma-sys': { LZMA_API_STATIC: '1' },
  'liblzma-sys': { LZMA_API_STATIC: '1' },
  'libsqlite3-sys': { SQLITE3_STATIC: '1' },
  onig_sys: { RUSTONIG_STATIC_LIBONIG: '1' },
  'pcre2-sys': { PCRE2_SYS_STATIC: '1' },
  'libpq-sys': { PQ_LIB_STATIC: '1' },
  'mysqlclient-sys': { MYSQLCLIENT_STATIC: '1' },
  'libsodium-sys': { SODIUM_STATIC: '1' },
};

/** For the static rungs. `pkg-config` refuses by itself when the target is not the host: bundled sources are then used. */
export function staticVariables(project: RustProject): Readonly<Record<string, string>> {
  const own = project.systemCrates.map((name) => STATIC_VARIABLES[name] ?? {});
  return Object.assign({}, ...own) as Record<string, string>;
}
