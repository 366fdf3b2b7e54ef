import { toolArgv, type Tools } from '../find/tools.ts';
import { quoteWord } from './compiler-wrapper.ts';
import {
  closureLines,
  closureWords,
  libraryFolderFlags,
  libraryHeaderFlags,
  packageLines,
} from './library-flags.ts';
import type { LibrarySysroot } from './library-sysroot.ts';

/**
 * A compiler for cgo and for crates, which sees libraries that were built for it: their headers in each call, and behind
 * what a link names what that needs. `filter`: lines that change the arguments first.
 */
export function libraryCompiler(
  words: readonly string[],
  libraries: LibrarySysroot,
  filter: readonly string[] = [],
): string {
  const start = ['exec', ...words, ...libraryHeaderFlags(libraries)].map(quoteWord).join(' ');
  const folder = libraryFolderFlags(libraries).map(quoteWord).join(' ');
  return [
    '#!/bin/sh',
    "# Written by morsel: one rung's compiler. Changes here are lost.",
    ...filter,
    'for argument do',
    '  case $argument in',
    `    -c|-S|-E|-M|-MM|-fsyntax-only|--version|-v|-print-*|-dump*) ${start} "$@" ;;`,
    '  esac',
    'done',
    ...closureLines(libraries),
    `${start} "$@" ${folder}${closureWords(libraries)}`,
    '',
  ].join('\n');
}

/** pkg-config that knows these libraries alone; null where there is no pkg-config, or nothing to know. */
export function libraryPkgConfig({ build }: Tools, libraries: LibrarySysroot | null): string | null {
  if (build.pkgConfig === null || libraries === null) return null;
  const words = [...toolArgv(build.pkgConfig), '--static'];
  return [
    '#!/bin/sh',
    '# Written by morsel. Changes here are lost.',
    ...packageLines(words, libraries),
    // In its own words, what it does not have.
    `PKG_CONFIG_PATH= PKG_CONFIG_LIBDIR=/nowhere exec ${words.map(quoteWord).join(' ')} "$@"`,
    '',
  ].join('\n');
}
