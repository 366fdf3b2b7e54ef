import { NAME_LIMIT_BYTES, PATH_LIMIT_BYTES } from '../core/path-limits.ts';
import { nameSizeBytes } from '../tar/index.ts';
import type { FileTreeEntry, ResolvedEntry } from './file-tree.ts';

/** Linux follows at most 40 symbolic links in one look-up (MAXSYMLINKS, path_resolution(7)), then ELOOP. */
export const SYMLINK_LIMIT = 40;

/**
 * What is at a *canonical* path: absolute, no `.` or `..`, no doubled or trailing slash, and every directory above it
 * is a real one. `/` is the root itself. Null when nothing is there.
 */
export type CanonicalLstat = (canonicalPath: string) => FileTreeEntry | null;

export interface ResolvePathOptions {
  /** Follow a symbolic link in the last component; default true (`stat`), false gives `lstat`. */
  readonly followLast?: boolean;
  /** Told of each link that is followed, in order: its canonical path and its target text. */
  readonly onLink?: (canonicalPath: string, target: string) => void;
}

/**
 * Walks a path as the kernel does (path_resolution(7)) with the tree's root as `/`: `..` goes up from where the links
 * have led, never above the root; absolute targets start at the root; a trailing slash demands a directory.
 * Null for ENOENT, ENOTDIR, ELOOP and ENAMETOOLONG. A relative path is taken from the root.
 */
export function resolvePath(
  path: string,
  lstat: CanonicalLstat,
  options: ResolvePathOptions = {},
): ResolvedEntry | null {
  const { followLast = true, onLink } = options;
  if (path === '' || isTooLong(path, PATH_LIMIT_BYTES)) return null;
  const pending = path.split('/').reverse();
  let current = '';
  let entry = lstat('/');
  let links = 0;
  while (pending.length > 0) {
    const name = pending.pop() as string;
    if (name === '' || name === '.') continue;
    if (name === '..') {
      current = current.slice(0, Math.max(0, current.lastIndexOf('/')));
      entry = null;
      continue;
    }
    if (isTooLong(name, NAME_LIMIT_BYTES)) return null;
    const next = `${current}/${name}`;
    entry = lstat(next);
    if (entry === null) return null;
    const isLast = pending.length === 0;
    if (entry.kind === 'symlink' && (followLast || !isLast)) {
      links += 1;
      const { target } = entry;
      if (links > SYMLINK_LIMIT || target === '' || isTooLong(target, PATH_LIMIT_BYTES)) return null;
      onLink?.(next, target);
      if (target.startsWith('/')) current = '';
      pending.push(...target.split('/').reverse());
      entry = null;
      continue;
    }
    // With 'file/' the empty last component is still pending, so that a trailing slash is ENOTDIR too.
    if (!isLast && entry.kind !== 'directory') return null;
    current = next;
  }
  const resolved = current === '' ? '/' : current;
  entry ??= lstat(resolved);
  return entry === null ? null : { path: resolved, entry };
}

function isTooLong(text: string, limitBytes: number): boolean {
  // A UTF-16 unit is at most three bytes of UTF-8: only a long text needs counting.
  return text.length * 3 > limitBytes && nameSizeBytes(text) > limitBytes;
}
