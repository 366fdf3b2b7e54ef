import { join } from 'node:path';
import type { RustProject } from '../../project/project.ts';
import type { CToolchain } from '../c/c-toolchain.ts';
import { quoteWord, refusingWrapper } from '../c/compiler-wrapper.ts';
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
    scriptsIn(folder, toolchain, tools),
  );
  const [cc, cxx, ar] = ['cc', 'c++', 'ar'].map((name) => join(directory, name)) as [string, string, string];
  return { cc, files, env: bringsC(project) ? variables(project, toolchain, triple, { cc, cxx, ar }) : {} };
}

function scriptsIn(directory: string, toolchain: CToolchain, tools: Tools): readonly PlannedFile[] {
  const headers = kernelHeaders(toolchain, tools, join(directory, 'kernel-headers'));
  const script = (name: string, text: string): PlannedFile => ({
    path: join(directory, name),
    content: { kind: 'text', text, mode: 0o755 },
  });
  const compiler = (words: readonly string[]): string => wrapper([...words, ...headers.flags], toolchain);
  // With another C library's C++ compiler the link would succeed and the program crash (users.md, pain 1).
  const cxxText =
    toolchain.cxx === null ? refusingWrapper(`${toolchain.label} has no C++`) : compiler(toolchain.cxx);
  const archiver =
    toolchain.archiver === null ? [] : [script('ar', wrapper([...toolchain.archiver, 'ar'], null))];
  return [script('cc', compiler(toolchain.cc)), script('c++', cxxText), ...archiver, ...headers.files];
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
 * clang (zig) understands neither Rust's triples, which the `cc` crate passes on, nor gcc's -m64 beside a target. Without
 * -O zig turns its sanitizer on, which changes what programs do.
 */
function wrapper(words: readonly string[], toolchain: CToolchain | null): string {
  const start = ['exec', ...words, ...(toolchain?.family === 'zig' ? ['-fno-sanitize=undefined'] : [])];
  const filter =
    toolchain?.family === 'zig'
      ? [
          'left=$#',
          'while [ $left -gt 0 ]; do',
          '  argument=$1; shift; left=$((left - 1))',
          '  case $argument in --target=*|-m64|-m32) ;; *) set -- "$@" "$argument" ;; esac',
          'done',
        ]
      : [];
  return [
    '#!/bin/sh',
    "# Written by morsel: one rung's compiler. Changes here are lost.",
    ...filter,
    `${start.map(quoteWord).join(' ')} "$@"`,
    '',
  ].join('\n');
}

/** By crate: what makes its build script link the system's library statically, where it links the system's at all. */
const STATIC_VARIABLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'openssl-sys': { OPENSSL_STATIC: '1' },
  'libz-sys': { LIBZ_SYS_STATIC: '1' },
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
