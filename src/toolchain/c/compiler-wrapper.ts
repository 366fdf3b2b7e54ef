import type { CFlags } from './c-flags.ts';

/**
 * A compiler of one word for build systems: a POSIX shell script that adds the rung's flags, so that the project's own
 * CFLAGS and LDFLAGS stay what they are (a Makefile's `CFLAGS = -Iinclude` would be lost if we set them), and a
 * compiler that is zig with arguments has one path. Pure.
 */
export function compilerWrapper(
  compiler: readonly string[],
  flags: CFlags,
  record: CallRecord | null = null,
): string {
  // A call that is recorded when it fails needs the shell afterwards.
  const start = words([...(record === null ? ['exec'] : []), ...compiler, ...flags.before]);
  const ending = record === null ? '' : ` || refused $? "$@"; exit`;
  const compile = `${start} "$@" ${words(flags.after)}`.trimEnd() + ending;
  const isStatic = flags.sharedLibraries !== 'shared';
  return [
    '#!/bin/sh',
    "# Written by morsel: one rung's compiler. Changes here are lost.",
    ...(record === null ? [] : recordLines(record)),
    'step=link',
    'for argument do',
    '  case $argument in',
    '    -c|-S|-E|-M|-MM|-fsyntax-only|-r|-Wl,-r|--version|-v|-print-*|-dump*) step=compile ;;',
    `    -shared) ${isStatic ? '[ $step = compile ] || step=library' : 'step=compile'} ;;`,
    '  esac',
    'done',
    `if [ $step = compile ]; then ${compile}; fi`,
    ...(isStatic ? libraryLines(start, flags, record) : []),
    ...(isStatic ? filterLines(linkCases(flags)) : []),
    `${start} "$@" ${words([...flags.after, ...flags.link])}${ending}`,
    '',
  ].join('\n');
}

/** Where the last call that failed is written: the language, the folder and the arguments, each ended by a NUL. */
export interface CallRecord {
  readonly path: string;
  readonly language: 'c' | 'c++';
}

function recordLines({ path, language }: CallRecord): readonly string[] {
  return [
    'refused() {',
    '  code=$1; shift',
    `  printf '%s\\0' ${language} "$PWD" "$@" >${quoteWord(path)}`,
    '  exit $code',
    '}',
  ];
}

/** `-shared` becomes one object; the linker's options for libraries go, and the project's static libraries stay. */
function libraryLines(start: string, flags: CFlags, record: CallRecord | null): readonly string[] {
  const cases = ['-shared|-Wl,*|-pie|-static-pie|-rdynamic|-soname=*) continue ;;'];
  return [
    'if [ $step = library ]; then',
    ...filterLines(cases).map((line) => `  ${line}`),
    `  ${start} "$@" ${words([...flags.after, '-static', '-nostdlib', '-r'])}${record === null ? '' : '; exit'}`,
    'fi',
  ];
}

function linkCases(flags: CFlags): readonly string[] {
  const dropped = `${flags.dropWhenLinking.map(quoteWord).join('|')}) continue ;;`;
  if (flags.sharedLibraries !== 'renamed-object') return [dropped];
  const renamed =
    '*.so|*.so.[0-9]*) if [ -f "$argument" ]; then cp -f "$argument" "$argument.$$.o" && argument=$argument.$$.o; fi ;;';
  return [dropped, renamed];
}

/** Goes through the arguments by moving each to the end once; a case may `continue` to drop one, or change it. */
function filterLines(cases: readonly string[]): readonly string[] {
  return [
    'left=$#',
    'while [ $left -gt 0 ]; do',
    '  argument=$1; shift; left=$((left - 1))',
    '  case $argument in',
    ...cases.map((line) => `    ${line}`),
    '  esac',
    '  set -- "$@" "$argument"',
    'done',
  ];
}

function words(list: readonly string[]): string {
  return list.map(quoteWord).join(' ');
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
