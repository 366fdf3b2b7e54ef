import type { CFlags } from './c-flags.ts';
import type { DroppedWords } from './dropped-words.ts';
import { closureLines, closureWords, packageLines, searchDirectoryLines } from './library-flags.ts';
import type { LibrarySysroot } from './library-sysroot.ts';

/**
 * A compiler of one word for build systems: a POSIX shell script that adds the rung's flags, so that the project's own
 * CFLAGS and LDFLAGS stay what they are (a Makefile's `CFLAGS = -Iinclude` would be lost if we set them), and a
 * compiler that is zig with arguments has one path. Pure.
 */
export function compilerWrapper(
  compiler: readonly string[],
  flags: CFlags,
  { leftOut, record, calls = null, libraries, libraryDirectory = null }: WrapperFiles,
): string {
  // A call that is recorded when it fails needs the shell afterwards.
  const start = words([...(record === null ? ['exec'] : []), ...compiler, ...flags.before]);
  const recorded = (call: string): string =>
    record === null ? call : `given ${call.trimEnd()} || refused $? "$@"; exit`;
  const compile = recorded(`${start} "$@" ${words(flags.after)}`.trimEnd());
  const isStatic = flags.sharedLibraries !== 'shared';
  const drops = flags.drop !== null || flags.dropWhenLinking !== null;
  return [
    '#!/bin/sh',
    "# Written by morsel: one rung's compiler. Changes here are lost.",
    ...(calls === null ? [] : [callLine(calls)]),
    ...(drops ? leftOutLines(leftOut) : []),
    ...(record === null ? [] : recordLines(record)),
    ...searchDirectoryLines(libraries, libraryDirectory),
    'step=link',
    'for argument do',
    '  case $argument in',
    '    -c|-S|-E|-M|-MM|-fsyntax-only|-r|-Wl,-r|--version|-v|-print-*|-dump*) step=compile ;;',
    `    -shared) ${isStatic ? '[ $step = compile ] || step=library' : 'step=compile'} ;;`,
    ...(flags.linkerName === null
      ? []
      : [`    -Wl,--version) echo ${quoteWord(flags.linkerName)}; exit 0 ;;`]),
    '  esac',
    'done',
    ...inputLines(flags.inputLanguage),
    ...dropLines('drop_words', flags.drop),
    `if [ $step = compile ]; then ${compile}; fi`,
    ...(isStatic ? libraryLines(start, flags, record) : []),
    ...dropLines('drop_link_words', flags.dropWhenLinking),
    ...(flags.sharedLibraries === 'renamed-object' ? filterLines([RENAMED]) : []),
    ...closureLines(libraries),
    recorded(
      `${[start, ...flags.linkFirst.map(quoteWord)].join(' ')} "$@" ${words([...flags.after, ...flags.link])}${closureWords(libraries)}`,
    ),
    '',
  ].join('\n');
}

/** What a wrapper writes while it is used. */
export interface WrapperFiles {
  /** The words that it takes away are added to this one. */
  readonly leftOut: string;
  /** null: calls that fail are not recorded. */
  readonly record: CallRecord | null;
  /** A folder into which each call is written; none by default. */
  readonly calls?: string | null;
  /** Those that were built for this compiler: behind one that is linked stands what it needs. */
  readonly libraries?: LibrarySysroot | null | undefined;
  /** Of the C library, where it has one. */
  readonly libraryDirectory?: string | null;
}

/** The number of arguments, the folder and the arguments, each ended by a NUL; where they cannot be written, nothing is said. */
function callLine(folder: string): string {
  return `{ printf '%s\\0' $# "$PWD" "$@" >>${quoteWord(folder)}/$$; } 2>/dev/null`;
}

/** Where the last call that failed is written: the language, the folder and the arguments, each ended by a NUL. */
export interface CallRecord {
  readonly path: string;
  /** The libraries and headers of each are added to this one: a build may go on without them. */
  readonly lacked: string;
  /** Nothing else tells which headers are asked for in vain, as the configurations of build systems do. */
  readonly asksForHeaders: boolean;
  readonly language: 'c' | 'c++';
}

function recordLines({ path, lacked, language, asksForHeaders }: CallRecord): readonly string[] {
  return [
    ...(asksForHeaders ? headerLines(lacked) : ['given() { "$@"; }', 'lacks_headers() { :; }']),
    'refused() {',
    '  code=$1; shift',
    `  { printf '%s\\0' ${language} "$PWD" "$@" >${quoteWord(path)}; } 2>/dev/null`,
    '  for argument do',
    `    case $argument in -l?*) ${noted(lacked, 'library', '${argument#-l}')} ;; esac`,
    '  done',
    '  lacks_headers "$@"',
    '  exit $code',
    '}',
  ];
}

/**
 * The headers that a call which failed asked for: by `-include`, and in what it read, which is kept for that
 * (`echo '#include <x.h>' | $(CC) -E -`). A file may include more than was asked for, under conditions of its own; and a
 * header that the project has in a folder of its own is not lacking.
 */
function headerLines(lacked: string): readonly string[] {
  return [
    'text=; piped=; before=',
    'for argument do [ "$argument" != - ] || [ "$before" = -o ] || piped=yes; before=$argument; done',
    '[ -z "$piped" ] || text=$(cat)',
    `given() { if [ -z "$piped" ]; then "$@"; else printf '%s\\n' "$text" | "$@"; fi; }`,
    'lacks_headers() {',
    '  before=',
    '  for argument do',
    '    case $before in -include|-imacros) header "$argument" "$@" ;; esac',
    '    before=$argument',
    '  done',
    '  [ -n "$piped" ] || return 0',
    `  for name in $(printf '%s\\n' "$text" | sed -n '${INCLUDED}' | head -n ${MAX_HEADERS}); do`,
    '    header "$name" "$@"',
    '  done',
    '}',
    'header() (',
    '  name=$1; shift; before=',
    '  [ ! -e "$name" ] || exit 0',
    '  for argument do',
    '    case $argument in -I?*) before=-I; argument=${argument#-I} ;; esac',
    '    [ "$before" != -I ] || [ ! -e "$argument/$name" ] || exit 0',
    '    before=$argument',
    '  done',
    `  ${noted(lacked, 'header', '$name')}`,
    ')',
  ];
}

/** sed(1): the name in an `#include` line; others have characters that the shell would expand. */
const INCLUDED = String.raw`s,^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]\([A-Za-z0-9][A-Za-z0-9_+./-]*\)[>"].*,\1,p`;
/** Of one question. */
const MAX_HEADERS = 100;

/** A line of what was asked for in vain; where it cannot be written, nothing is said. */
function noted(path: string, kind: 'header' | 'library' | 'package', word: string): string {
  return `{ printf '${kind} %s\\n' "${word}" >>${quoteWord(path)}; } 2>/dev/null`;
}

/** pkg-config for static libraries, which notes the packages that it does not have. */
export function packageWrapper(
  words: readonly string[],
  lacked: string,
  libraries?: LibrarySysroot | null,
): string {
  return [
    '#!/bin/sh',
    ...packageLines(words, libraries),
    `${words.map(quoteWord).join(' ')} "$@" && exit`,
    'code=$?',
    'for argument do',
    `  case $argument in -*) ;; *) ${noted(lacked, 'package', '$argument')} ;; esac`,
    'done',
    'exit $code',
    '',
  ].join('\n');
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

/** A copy under a name that zig takes for an object. */
const RENAMED =
  '*.so|*.so.[0-9]*) if [ -f "$argument" ]; then cp -f "$argument" "$argument.$$.o" && argument=$argument.$$.o; fi ;;';

/** A build may be run where that file cannot be written; then nothing is said. */
function leftOutLines(path: string): readonly string[] {
  return [`left_out() { { printf '%s\\n' "$1" >>${quoteWord(path)}; } 2>/dev/null; }`];
}

/** `-` is stdin, unless it is where `-o` writes. */
function inputLines(language: CFlags['inputLanguage']): readonly string[] {
  if (language === null) return [];
  return [
    'input=; before=',
    'for argument do',
    '  case $argument in',
    '    -) [ "$before" = -o ] || input=yes ;;',
    '    -x*) input=; break ;;',
    '  esac',
    '  before=$argument',
    'done',
    `[ -z "$input" ] || set -- -x ${language} "$@"`,
  ];
}

/** Goes through the words and the parts of `-Wl,A,B`, and takes away those that are to go. */
function dropLines(name: string, dropped: DroppedWords | null): readonly string[] {
  if (dropped === null) return [];
  const { kept, quiet, compiler, linker } = dropped;
  const one = (list: readonly string[], action: string): readonly string[] =>
    list.length === 0 ? [] : [`${pattern(list)}) ${action} ;;`];
  return [
    ...linkerDropLines(name, dropped),
    ...filterLines([
      ...one(kept, ''),
      ...one(quiet, 'continue'),
      ...one(compiler, 'left_out "$argument"; continue'),
      ...one(
        linker.length === 0 ? [] : ['-Wl,*'],
        `${name} "$argument"; [ "$kept" != -Wl ] || continue; argument=$kept`,
      ),
    ]),
  ];
}

/** A function that makes `$kept` of `-Wl,A,B`. */
function linkerDropLines(
  name: string,
  { linker, linkerWithValue, linkerZ }: DroppedWords,
): readonly string[] {
  if (linker.length === 0) return [];
  return [
    `${name}() {`,
    '  rest=${1#-Wl,},; kept=-Wl',
    '  while [ -n "$rest" ]; do',
    '    part=${rest%%,*}; rest=${rest#*,}',
    '    case $part in',
    `      ${pattern(linker)}) left_out "-Wl,$part"; continue ;;`,
    ...(linkerWithValue.length === 0
      ? []
      : [
          `      ${pattern(linkerWithValue)}) left_out "-Wl,$part,\${rest%%,*}"; rest=\${rest#*,}; continue ;;`,
        ]),
    ...(linkerZ.length === 0
      ? []
      : [
          '      -z) case ${rest%%,*} in',
          `        ${pattern(linkerZ)}) left_out "-Wl,-z,\${rest%%,*}"; rest=\${rest#*,}; continue ;;`,
          '      esac ;;',
        ]),
    '    esac',
    '    kept=$kept,$part',
    '  done',
    '}',
  ];
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

/** Lists of ours: their characters mean nothing to the shell but `*`. */
function pattern(list: readonly string[]): string {
  return list.join('|');
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
