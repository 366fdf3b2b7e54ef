import { posix } from 'node:path';

/** What the dynamic string tokens stand for in one object. null: unknown, the element that uses it is dropped. */
export interface StringTokens {
  readonly origin: string | null;
  readonly lib: string;
  readonly platform: string | null;
  /** In secure mode; absent: $ORIGIN is taken as it comes. */
  readonly secure?: SecureOrigin | undefined;
}

/** What secure mode asks of $ORIGIN, which whoever may make a hard link chooses (elf/dl-load.c, _dl_dst_substitute). */
export interface SecureOrigin {
  /** The object is the program: what is made of its $ORIGIN must lie below one of these; a library is trusted. */
  readonly trusted: readonly string[] | null;
}

// glibc elf/dl-load.c, is_dst: greedy, so that $ORIGINS is no token; braces must close at once.
const TOKEN = /\$(?:\{(ORIGIN|LIB|PLATFORM)\}|(ORIGIN|LIB|PLATFORM))(?![A-Za-z0-9_])/g;

/**
 * glibc's dynamic string tokens in a path or a DT_NEEDED name; other `$` stay as they are.
 * null when a token has no value: glibc then drops the path.
 */
export function expandTokens(text: string, tokens: StringTokens): string | null {
  if (!text.includes('$')) return text;
  let known = true;
  let usesOrigin = false;
  const expanded = text.replace(TOKEN, (token, braced?: string, plain?: string, at = 0) => {
    const name = braced ?? plain;
    const value = name === 'ORIGIN' ? tokens.origin : name === 'LIB' ? tokens.lib : tokens.platform;
    usesOrigin ||= name === 'ORIGIN';
    if (value === null) known = false;
    if (name === 'ORIGIN' && tokens.secure !== undefined && !isWholeBeginning(text, at, token)) known = false;
    return value ?? '';
  });
  if (!known) return null;
  const trusted = usesOrigin ? tokens.secure?.trusted : null;
  return trusted == null || isTrusted(expanded, trusted) ? expanded : null;
}

/** The token is the first component of the path. */
function isWholeBeginning(text: string, at: number, token: string): boolean {
  const next = text[at + token.length];
  return at === 0 && (next === undefined || next === '/');
}

/** is_trusted_path_normalize: `..` is taken as text, and a directory below a trusted one is as good. */
function isTrusted(path: string, directories: readonly string[]): boolean {
  const normal = `${posix.normalize(path).replace(/\/+$/, '')}/`;
  return directories.some((directory) => normal.startsWith(directory));
}

/**
 * A search path as glibc's fillin_rpath makes it: directories that end in a slash, each once; the empty string is the
 * current directory. `separators` is `:` for RPATH and RUNPATH, `:;` for LD_LIBRARY_PATH.
 */
export function glibcDirectories(
  list: string,
  separators: ':' | ':;',
  tokens: StringTokens,
): readonly string[] {
  if (list === '') return [];
  const directories = new Set<string>();
  for (const element of list.split(separators === ':' ? ':' : /[:;]/)) {
    if (element === '') {
      directories.add('');
      continue;
    }
    const expanded = expandTokens(element, tokens);
    if (expanded === null || expanded === '') continue;
    directories.add(`${withoutTrailingSlashes(expanded)}/`.replace(/^\/\/$/, '/'));
  }
  return [...directories];
}

function withoutTrailingSlashes(path: string): string {
  let end = path.length;
  while (end > 1 && path[end - 1] === '/') end -= 1;
  return path.slice(0, end);
}

/**
 * musl's RPATH with $ORIGIN put in (ldso/dynlink.c, fixup_rpath); null when it holds any other `$`: musl then ignores
 * the whole of it. So it does with $ORIGIN where `origin` is null.
 */
export function muslRpath(list: string, origin: string | null): string | null {
  let expanded = '';
  let rest = list;
  for (;;) {
    const at = rest.indexOf('$');
    if (at === -1) return expanded + rest;
    const token = rest.startsWith('$ORIGIN', at)
      ? '$ORIGIN'
      : rest.startsWith('${ORIGIN}', at)
        ? '${ORIGIN}'
        : null;
    if (token === null || origin === null) return null;
    expanded += rest.slice(0, at) + origin;
    rest = rest.slice(at + token.length);
  }
}

/** musl's path_open: split at colons and newlines, empty elements skipped, a trailing slash kept. */
export function muslDirectories(list: string): readonly string[] {
  return list.split(/[:\n]/).filter((element) => element !== '');
}

/** Everything before the last slash, as both loaders take an object's $ORIGIN: not normalised. */
export function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/');
  if (slash === -1) return '.';
  return slash === 0 ? '/' : path.slice(0, slash);
}

/** A path as the kernel would take it in directory `cwd`. */
export function absolutePath(path: string, cwd: string): string {
  return path.startsWith('/') ? path : cwd.endsWith('/') ? cwd + path : `${cwd}/${path}`;
}
