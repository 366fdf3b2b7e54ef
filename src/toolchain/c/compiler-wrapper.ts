import type { CFlags } from './c-flags.ts';

/**
 * A compiler of one word for build systems: a POSIX shell script that adds the rung's flags, so that the project's own
 * CFLAGS and LDFLAGS stay what they are (a Makefile's `CFLAGS = -Iinclude` would be lost if we set them), and a
 * compiler that is zig with arguments has one path. Pure.
 */
export function compilerWrapper(compiler: readonly string[], flags: CFlags): string {
  const start = ['exec', ...compiler, ...flags.before].map(quoteWord).join(' ');
  const end = flags.after.map(quoteWord).join(' ');
  return [
    '#!/bin/sh',
    "# Written by morsel: one rung's compiler. Changes here are lost.",
    'link=yes',
    'for argument do',
    '  case $argument in -c|-S|-E|-M|-MM|-fsyntax-only|-shared|-r|-Wl,-r|--version|-v|-print-*|-dump*) link=no ;; esac',
    'done',
    `if [ $link = no ]; then ${start} "$@"${end === '' ? '' : ` ${end}`}; fi`,
    ...dropLines(flags.dropWhenLinking),
    `${start} "$@" ${[...flags.after, ...flags.link].map(quoteWord).join(' ')}`,
    '',
  ].join('\n');
}

/** Takes words away from the arguments by moving each of the others to the end once. */
function dropLines(words: readonly string[]): readonly string[] {
  if (words.length === 0) return [];
  return [
    'left=$#',
    'while [ $left -gt 0 ]; do',
    '  argument=$1; shift; left=$((left - 1))',
    `  case $argument in ${words.map(quoteWord).join('|')}) ;; *) set -- "$@" "$argument" ;; esac`,
    'done',
  ];
}

/** A script in place of a compiler that the toolchain does not have: the host's would bring another C library. */
export function refusingWrapper(message: string): string {
  return ['#!/bin/sh', `echo ${quoteWord(`error: ${message}`)} >&2`, 'exit 1', ''].join('\n');
}

/** A script that starts a program with some first words. */
export function forwardingWrapper(words: readonly string[]): string {
  return ['#!/bin/sh', `exec ${words.map(quoteWord).join(' ')} "$@"`, ''].join('\n');
}

export function quoteWord(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
