import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  type Dirent,
  lstatSync,
  openSync,
  opendirSync,
  readSync,
  type Stats,
} from 'node:fs';
import { join, relative } from 'node:path';
import { MorselError } from '../../core/errors.ts';
import { isHiddenName } from '../../core/left-behind.ts';
import { Turns } from '../../core/turns.ts';

/** A source tree with more entries is not a source tree; copying it would fill the disk. */
const MAX_SOURCE_ENTRIES = 500_000;

/** Of all files together, as they say themselves: a sparse file takes no space before it is copied. */
export const MAX_SOURCE_BYTES = 16 * 1024 ** 3;

/** Version control, and what editors and other build systems leave. */
const IGNORED_NAMES: ReadonlySet<string> = new Set([
  '.git',
  '.hg',
  '.svn',
  '.bzr',
  'CVS',
  'node_modules',
  '.libs',
  '.deps',
  'CMakeFiles',
  'autom4te.cache',
]);

/** Products of an earlier build whose presence tells make or configure that the work is done already. */
const STALE_NAMES: ReadonlySet<string> = new Set([
  'CMakeCache.txt',
  'config.status',
  'config.log',
  'config.cache',
  'build.ninja',
  '.ninja_deps',
  '.ninja_log',
]);
const STALE_SUFFIXES = ['.o', '.lo', '.la', '.gch', '.pch', '.gcda', '.gcno', '.pyc'];

export interface SourceEntry {
  /** Relative to the root, `/`-separated. */
  readonly path: string;
  readonly kind: 'file' | 'symlink' | 'directory';
  readonly mode: number;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** When anything of it was last changed, its name and owner too; 0 for a directory. */
  readonly changedMs: number;
}

export interface SourceList {
  readonly entries: readonly SourceEntry[];
  /** Relative paths of what this user may not read: left out, like sockets and devices. */
  readonly unreadable: readonly string[];
}

/**
 * What of a source tree is a source: sorted, without version control, objects and programs of an earlier build (they
 * may be of another C library), FIFOs, sockets and devices. Links are not followed. Errors: LIMIT_EXCEEDED, INTERRUPTED.
 */
export async function listSources(
  root: string,
  exclude: readonly string[],
  signal?: AbortSignal,
): Promise<SourceList> {
  const turns = new Turns(signal, `reading ${root}`);
  const entries: SourceEntry[] = [];
  const unreadable: string[] = [];
  const pending = [root];
  let totalBytes = 0;
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const entry of entriesOf(directory, unreadable)) {
      await turns.take();
      const path = join(directory, entry.name);
      if (isIgnored(entry, path, exclude)) continue;
      const source = sourceOf(root, path, unreadable);
      if (source === null) continue;
      if (source.kind === 'directory') pending.push(path);
      if (source.kind === 'file') totalBytes += source.sizeBytes;
      entries.push(source);
      if (entries.length > MAX_SOURCE_ENTRIES) throw tooMuch(root, `${MAX_SOURCE_ENTRIES} files`);
      if (totalBytes > MAX_SOURCE_BYTES) throw tooMuch(root, `${MAX_SOURCE_BYTES} bytes, with ${path}`);
    }
  }
  return {
    entries: entries.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    unreadable: unreadable.map((path) => relative(root, path)),
  };
}

/** One by one: a directory of millions of names is never held whole. */
function* entriesOf(directory: string, unreadable: string[]): Generator<Dirent> {
  let handle;
  try {
    handle = opendirSync(directory);
  } catch (cause) {
    noteUnreadable(directory, cause, unreadable);
    return;
  }
  try {
    for (let entry = handle.readSync(); entry !== null; entry = handle.readSync()) yield entry;
  } finally {
    handle.closeSync();
  }
}

function sourceOf(root: string, path: string, unreadable: string[]): SourceEntry | null {
  let stat: Stats;
  try {
    stat = lstatSync(path);
  } catch (cause) {
    noteUnreadable(path, cause, unreadable);
    return null;
  }
  const kind = kindOf(stat);
  if (kind === null) return null;
  return {
    path: relative(root, path),
    kind,
    mode: stat.mode & 0o777,
    sizeBytes: kind === 'directory' ? 0 : stat.size,
    modifiedMs: kind === 'directory' ? 0 : stat.mtimeMs,
    changedMs: kind === 'directory' ? 0 : stat.ctimeMs,
  };
}

function kindOf(stat: Stats): SourceEntry['kind'] | null {
  if (stat.isDirectory()) return 'directory';
  if (stat.isFile()) return 'file';
  return stat.isSymbolicLink() ? 'symlink' : null;
}

/** What has gone meanwhile is not missed. Error: LIMIT_EXCEEDED where a path is longer than the kernel takes. */
function noteUnreadable(path: string, cause: unknown, unreadable: string[]): void {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return;
  if (code === 'ENAMETOOLONG') throw tooMuch(path, 'the 4096 bytes of a path');
  unreadable.push(path);
}

function tooMuch(root: string, what: string): MorselError {
  return new MorselError('LIMIT_EXCEEDED', `${root} holds more than ${what}: it cannot be copied`, {
    hint: 'name the directory of the project itself, and keep data out of it',
  });
}

function isIgnored(entry: Dirent, path: string, exclude: readonly string[]): boolean {
  if (exclude.includes(path) || IGNORED_NAMES.has(entry.name) || isHiddenName(entry.name)) return true;
  if (!entry.isFile()) return false;
  if (STALE_NAMES.has(entry.name) || STALE_SUFFIXES.some((suffix) => entry.name.endsWith(suffix)))
    return true;
  return isElf(path) && !/\.so(\.|$)/.test(entry.name);
}

function isElf(path: string): boolean {
  const magic = Buffer.alloc(4);
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return readSync(fd, magic, 0, 4, 0) === 4 && magic.equals(Buffer.from('\x7fELF', 'latin1'));
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}

/** Changes when any source changes in name, size, mode or time. */
export function fingerprintSources(entries: readonly SourceEntry[]): string {
  const hash = createHash('sha256');
  // Entry by entry: the text of half a million is longer than a string may be wanted.
  for (const entry of entries) hash.update(`${JSON.stringify(entry)}\n`);
  return hash.digest('hex');
}
