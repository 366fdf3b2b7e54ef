/** What the dynamic string tokens stand for in one object. null: unknown, the element that uses it is dropped. */
export interface StringTokens {
  readonly origin: string | null;
  readonly lib: string;
  readonly platform: string | null;
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
  const expanded = text.replace(TOKEN, (_, braced?: string, plain?: string) => {
    const name = braced ?? plain;
    const value = name === 'ORIGIN' ? tokens.origin : name === 'LIB' ? tokens.lib : tokens.platform;
    if (value === null) known = false;
    return value ?? '';
  });
  return known ? expanded : null;
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
 * the whole of it.
 */
export function muslRpath(list: string, origin: string): string | null {
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
    if (token === null) return null;
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
