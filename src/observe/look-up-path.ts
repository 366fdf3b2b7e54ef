import { PATH_LIMIT_BYTES } from '../core/path-limits.ts';

/** A directory from which relative paths are looked up. */
export interface Directory {
  readonly path: string;
  /** The kernel named it: there is no link on the way to it. */
  readonly isReal: boolean;
}

/**
 * The absolute path that a program meant, as far as a trace tells (see `Observation`). Undefined for a relative one of which
 * the directory is not known, and for what is longer than any path can be.
 */
export function lookUpPath(path: string, from: Directory | undefined): string | undefined {
  const isAbsolute = path.startsWith('/');
  if (!isAbsolute && from === undefined) return undefined;
  const names = isAbsolute || from === undefined ? [] : namesOf(from.path);
  // So many names from the start are directories and no links: `..` after them goes where it says.
  let realNames = from?.isReal === true ? names.length : 0;
  for (const name of namesOf(path)) {
    if (name !== '..') names.push(name);
    else if (names.length > realNames) names.push(name);
    else {
      names.pop();
      realNames = names.length;
    }
  }
  const length = names.reduce((sum, name) => sum + name.length + 1, 0);
  return length > PATH_LIMIT_BYTES ? undefined : `/${names.join('/')}`;
}

function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

/** `dir/` and `dir/.` are only there when they are directories. */
export function demandsDirectory(path: string): boolean {
  return /\/\.{0,2}$/.test(path) || path === '.' || path === '..';
}
