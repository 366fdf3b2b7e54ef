import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  type Dirent,
  lstatSync,
  lutimesSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { makeDirectories } from '../core/make-directories.ts';

/** A source tree with more entries is not a source tree; copying it would fill the disk. */
export const MAX_SOURCE_ENTRIES = 500_000;

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
}

/**
 * What of a source tree is a source: sorted, without version control, objects and programs of an earlier build (they
 * may be of another C library), sockets and devices. Errors: UNREADABLE, LIMIT_EXCEEDED.
 */
export function listSources(root: string, exclude: readonly string[]): readonly SourceEntry[] {
  const entries: SourceEntry[] = [];
  const pending = [root];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const entry of readEntries(directory)) {
      const path = join(directory, entry.name);
      if (isIgnored(entry, path, exclude)) continue;
      const stat = lstatSync(path, { throwIfNoEntry: false });
      if (stat === undefined) continue;
      const kind = stat.isDirectory()
        ? 'directory'
        : stat.isFile()
          ? 'file'
          : stat.isSymbolicLink()
            ? 'symlink'
            : null;
      if (kind === null) continue;
      if (kind === 'directory') pending.push(path);
      entries.push({
        path: relative(root, path),
        kind,
        mode: stat.mode & 0o777,
        sizeBytes: stat.size,
        modifiedMs: kind === 'directory' ? 0 : stat.mtimeMs,
      });
      if (entries.length > MAX_SOURCE_ENTRIES) throw tooMany(root);
    }
  }
  return entries.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function readEntries(directory: string): readonly Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (cause) {
    throw new MorselError(
      'UNREADABLE',
      `${directory} cannot be read (${(cause as NodeJS.ErrnoException).code})`,
      { cause },
    );
  }
}

function tooMany(root: string): MorselError {
  return new MorselError('LIMIT_EXCEEDED', `${root} holds more than ${MAX_SOURCE_ENTRIES} files`, {
    hint: 'name the directory of the project itself',
  });
}

function isIgnored(entry: Dirent, path: string, exclude: readonly string[]): boolean {
  if (exclude.includes(path) || IGNORED_NAMES.has(entry.name)) return true;
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
  return createHash('sha256').update(JSON.stringify(entries)).digest('hex');
}

/**
 * Copies listed sources into an empty folder, with their times: make and automake compare them. Links that stay inside
 * the tree stay links; others become what they point at.
 */
export function copySources(from: string, to: string, entries: readonly SourceEntry[]): void {
  makeDirectories(to);
  for (const entry of entries) {
    const target = join(to, entry.path);
    if (entry.kind === 'directory') makeDirectories(target);
    else if (entry.kind === 'symlink') symlinkSync(readlinkSync(join(from, entry.path)), target);
    else copyOne(join(from, entry.path), target, entry);
    if (entry.kind === 'symlink') lutimesSync(target, entry.modifiedMs / 1000, entry.modifiedMs / 1000);
  }
}

function copyOne(from: string, to: string, entry: SourceEntry): void {
  try {
    copyFileSync(from, to, constants.COPYFILE_FICLONE);
  } catch (cause) {
    throw new MorselError(
      'UNREADABLE',
      `${from} cannot be copied (${(cause as NodeJS.ErrnoException).code})`,
      { cause },
    );
  }
  // Builds write over sources; and neither the umask nor a read-only checkout may show in what they make.
  chmodSync(to, (entry.mode & 0o111) === 0 ? 0o644 : 0o755);
  utimesSync(to, entry.modifiedMs / 1000, entry.modifiedMs / 1000);
}
