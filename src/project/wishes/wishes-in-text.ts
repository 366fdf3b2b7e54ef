import { isLibraryName, type LibraryWish } from './library-wish.ts';

/** A wish and the offset in its text at which it stands. */
export type PlacedWish = LibraryWish & { readonly at: number };

/** A call that says more than this asks for no library. */
const MAX_CALL = 2_000;
/** Nor does a file make more of them. */
const MAX_CALLS = 1_000;

/** `PKG_CHECK_MODULES`, `AC_CHECK_LIB`, `AC_SEARCH_LIBS`, `AC_CHECK_HEADERS` of a configure.ac. */
export function wishesOfConfigureAc(text: string): readonly PlacedWish[] {
  const plain = withoutComments(text, /(?:^|[ \t])(?:dnl\b|#)[^\n]*/gm);
  return callsIn(plain, AUTOCONF).flatMap(({ name, words, at }) => {
    switch (name) {
      case 'PKG_CHECK_MODULES':
      case 'PKG_CHECK_MODULES_STATIC':
      case 'PKG_CHECK_EXISTS':
        return wishes('pkg-config', modulesIn(words[name === 'PKG_CHECK_EXISTS' ? 0 : 1] ?? ''), at);
      case 'AC_CHECK_LIB':
        return wishes('link', [words[0] ?? ''], at);
      case 'AC_SEARCH_LIBS':
        return wishes('link', namesIn(words[1] ?? ''), at);
      default:
        return wishes('header', namesIn(words[0] ?? ''), at);
    }
  });
}

const AUTOCONF =
  /\b(PKG_CHECK_MODULES(?:_STATIC)?|PKG_CHECK_EXISTS|AC_CHECK_LIB|AC_SEARCH_LIBS|AC_CHECK_HEADERS?)\s{0,20}\(/g;

/** `find_package`, `pkg_check_modules`, `find_library` of a CMakeLists.txt. */
export function wishesOfCmake(text: string): readonly PlacedWish[] {
  const plain = withoutComments(text, /#[^\n]*/g);
  return callsIn(plain, CMAKE).flatMap(({ name, text: inside, at }) => {
    const words = inside.split(/[\s"]+/).filter((word) => word !== '');
    switch (name.toLowerCase()) {
      case 'find_package':
        return wishes('cmake', words.slice(0, 1), at);
      case 'find_library':
        return wishes('link', librariesIn(words.slice(1)), at);
      default:
        return wishes('pkg-config', modulesIn(words.slice(1).filter(isNoKeyword).join(' ')), at);
    }
  });
}

const CMAKE = /\b(find_package|find_library|pkg_check_modules|pkg_search_module)\s{0,20}\(/gi;

const isNoKeyword = (word: string): boolean => !/^[A-Z_]{4,}$/.test(word);

/** Of `find_library(VARIABLE NAMES a b PATHS …)`, the names. */
function librariesIn(words: readonly string[]): readonly string[] {
  const rest = words[0] === 'NAMES' ? words.slice(1) : words;
  const end = rest.findIndex((word) => !isNoKeyword(word));
  return (end < 0 ? rest : rest.slice(0, end)).map((name) => name.replace(/^lib(?=\w{1,60}\.a$)|\.a$/g, ''));
}

/** `dependency('x')` and `find_library('x')` of a meson.build. */
export function wishesOfMeson(text: string): readonly PlacedWish[] {
  const plain = withoutComments(text, /^[ \t]*#[^\n]*/gm);
  return [...plain.matchAll(/\b(dependency|find_library)\s{0,20}\(\s{0,200}'([^'\n]{1,120})'/g)].flatMap(
    ({ 1: call, 2: name = '', index }) =>
      wishes(call === 'dependency' ? 'pkg-config' : 'link', [name], index),
  );
}

/** `-lX` and `pkg-config … X` of a Makefile. */
export function wishesOfMakefile(text: string): readonly PlacedWish[] {
  const plain = withoutComments(text, /(?:^|\s)#[^\n]*/g);
  return [
    ...[...plain.matchAll(/(?<![\w-])-l([A-Za-z][\w.+-]{0,60})/g)].flatMap(({ 1: name = '', index }) =>
      wishes('link', [name], index),
    ),
    ...[...plain.matchAll(/\b(?:pkg-config|pkgconf|PKG_?CONFIG\)?)\b([^\n)`|;]{1,300})/g)].flatMap(
      ({ 1: rest = '', index }) =>
        wishes('pkg-config', modulesIn(rest.replaceAll(/(?:^|\s)-\S+|[^\s\w.+-]\S*/g, ' ')), index),
    ),
  ];
}

/** `#cgo pkg-config: x` and `#cgo LDFLAGS: -lx`. */
export function wishesOfCgo(text: string): readonly PlacedWish[] {
  return [...text.matchAll(/^[ \t/*]{0,20}#cgo\b([^\n:]{0,200}):([^\n]{1,500})/gm)].flatMap(
    ({ 1: what = '', 2: words = '', index }) =>
      what.trim().endsWith('pkg-config')
        ? wishes('pkg-config', modulesIn(words), index)
        : wishesOfMakefile(words).map((wish) => ({ ...wish, at: index })),
  );
}

function wishes(kind: LibraryWish['kind'], names: readonly string[], at: number): readonly PlacedWish[] {
  return names.filter(isLibraryName).map((name) => ({ kind, name, at }));
}

/** `zlib >= 1.2 libfoo, libbar`: their versions are no names. */
function modulesIn(text: string): readonly string[] {
  const words = text.replaceAll(/[<>=!]{1,2}\s{0,20}\S{1,60}/g, ' ').split(/[\s,]+/);
  return words.filter((word) => !/^\d|^$/.test(word));
}

function namesIn(text: string): readonly string[] {
  return text.split(/[\s,]+/);
}

interface Call {
  readonly name: string;
  /** Between its parentheses. */
  readonly text: string;
  /** The same by its commas, without M4's quotes. */
  readonly words: readonly string[];
  readonly at: number;
}

function callsIn(text: string, start: RegExp): readonly Call[] {
  return [...text.matchAll(start)].slice(0, MAX_CALLS).map((match) => {
    const from = match.index + match[0].length;
    const rest = text.slice(from, from + MAX_CALL);
    const end = rest.indexOf(')');
    const inside = end < 0 ? '' : rest.slice(0, end);
    return { name: match[1] ?? '', text: inside, words: argumentsOf(rest), at: match.index };
  });
}

/** Of M4: commas inside of `[…]` and `(…)` are no ends. Three are enough. */
function argumentsOf(rest: string): readonly string[] {
  const words: string[] = [];
  let depth = 0;
  let word = '';
  for (const character of rest) {
    if (character === '[' || character === '(') depth++;
    else if (character === ']' || character === ')') depth--;
    if (depth < 0 || (depth === 0 && character === ',')) {
      words.push(word.replaceAll(/[[\]"']/g, '').trim());
      word = '';
      if (depth < 0 || words.length > 2) break;
    } else word += character;
  }
  return words;
}

/** Lines stay where they are. */
function withoutComments(text: string, comment: RegExp): string {
  return text.replaceAll(comment, (found) => found.replaceAll(/[^\n]/g, ' '));
}
