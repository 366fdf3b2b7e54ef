import { lstatSync, readdirSync, readlinkSync, realpathSync, statSync, type BigIntStats } from 'node:fs';
import { type ByteSource, openByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import { CHECK_PATH_HINT } from '../core/hints.ts';
import type { FileTreeEntry, ResolvedEntry, WalkableTree, WalkedPath } from './file-tree.ts';
import { resolvePath } from './resolve-path.ts';

/** Answers kept per tree; the loader asks for the same few thousand paths again and again. */
const REMEMBERED_PATHS_LIMIT = 200_000;

/**
 * A directory of this machine as a tree: `/`, or an unpacked image. Symbolic links, absolute ones too, are resolved
 * with `rootDir` as `/`, so that no path leads out of it. The tree remembers what it has seen: make a new one after
 * the files have changed. Errors: NOT_FOUND, UNREADABLE when `rootDir` is not a directory.
 */
export function directoryTree(rootDir: string): WalkableTree {
  const root = realRoot(rootDir);
  const prefix = root === '/' ? '' : root;
  const entries = new Map<string, FileTreeEntry | null>();
  const resolved = new Map<string, ResolvedEntry | null>();

  const lstatCanonical = (path: string): FileTreeEntry | null =>
    remember(entries, path, () => lstatHost(path === '/' ? root : prefix + path));
  const resolve = (path: string): ResolvedEntry | null =>
    remember(resolved, path, () => resolvePath(path, lstatCanonical));

  return {
    name: rootDir,
    resolve,
    lstat: (path) => resolvePath(path, lstatCanonical, { followLast: false })?.entry ?? null,
    list(path) {
      const found = resolve(path);
      return found?.entry.kind === 'directory' ? listHost(prefix + found.path) : [];
    },
    walk: () => walkHost(root),
    hostPath(path) {
      const found = resolve(path);
      return found === null ? null : prefix + found.path;
    },
    open(path): ByteSource | null {
      const found = resolve(path);
      // The path is canonical: what is a link by now has been put there since it was looked at.
      return found?.entry.kind === 'file' ? openByteSource(prefix + found.path, { followLink: false }) : null;
    },
  };
}

function realRoot(rootDir: string): string {
  let root: string;
  try {
    root = realpathSync.native(rootDir);
  } catch (cause) {
    throw new MorselError('NOT_FOUND', `${rootDir}: no such directory`, { cause, hint: CHECK_PATH_HINT });
  }
  if (!statSync(root).isDirectory()) {
    throw new MorselError('UNREADABLE', `${rootDir} is not a directory`, {
      hint: 'give the directory that is to be taken as `/`',
    });
  }
  return root;
}

function remember<T>(known: Map<string, T>, key: string, find: () => T): T {
  const before = known.get(key);
  if (before !== undefined) return before;
  if (known.size >= REMEMBERED_PATHS_LIMIT) known.clear();
  const found = find();
  known.set(key, found);
  return found;
}

interface HostEntry extends FileTreeEntry {
  readonly hasOtherNames: boolean;
}

/** Null for whatever cannot be looked at, as the loader skips it: ENOENT, EACCES, EIO alike. */
function lstatHost(hostPath: string): HostEntry | null {
  try {
    // Inode numbers of overlay and btrfs use all 64 bits: a double would make two files one.
    const stat = lstatSync(hostPath, { bigint: true, throwIfNoEntry: false });
    return stat === undefined ? null : entryOf(hostPath, stat);
  } catch {
    return null;
  }
}

function entryOf(hostPath: string, stat: BigIntStats): HostEntry {
  const kind = kindOf(stat);
  return {
    kind,
    mode: Number(stat.mode & 0o7777n),
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    sizeBytes: Number(stat.size),
    target: kind === 'symlink' ? readlinkSync(hostPath) : '',
    identity: `${stat.dev}:${stat.ino}`,
    hasOtherNames: stat.nlink > 1n && kind !== 'directory',
  };
}

function kindOf(stat: BigIntStats): FileTreeEntry['kind'] {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'directory';
  return stat.isSymbolicLink() ? 'symlink' : 'other';
}

class HostPath implements WalkedPath {
  readonly path: string;
  readonly entry: FileTreeEntry;
  readonly isFurtherName: boolean;
  readonly #prefix: string;

  constructor(path: string, entry: FileTreeEntry, isFurtherName: boolean, prefix: string) {
    this.path = path;
    this.entry = entry;
    this.isFurtherName = isFurtherName;
    this.#prefix = prefix;
  }

  open(): ByteSource | null {
    const isFile = this.entry.kind === 'file';
    return isFile ? openByteSource(this.#prefix + this.path, { followLink: false }) : null;
  }
}

/** By names that `readdir` gave and without following any: nothing is remembered, there may be millions. */
function* walkHost(root: string): Generator<WalkedPath, void, undefined> {
  const prefix = root === '/' ? '' : root;
  const walked = new Set<string>();
  const pending = [''];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const name of listHost(`${prefix}${directory}/`)) {
      const path = `${directory}/${name}`;
      const entry = lstatHost(prefix + path);
      if (entry === null) continue;
      const isFurtherName = entry.hasOtherNames && walked.has(entry.identity);
      if (entry.hasOtherNames) walked.add(entry.identity);
      yield new HostPath(path, entry, isFurtherName, prefix);
      if (entry.kind === 'directory') pending.push(path);
    }
  }
}

function listHost(hostPath: string): readonly string[] {
  try {
    return readdirSync(hostPath, 'buffer')
      .sort(Buffer.compare)
      .map((name) => name.toString('utf8'));
  } catch {
    return [];
  }
}
