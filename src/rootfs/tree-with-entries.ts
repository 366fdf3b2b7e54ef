import type { FileTree, FileTreeEntry, ResolvedEntry } from './file-tree.ts';
import type { LayerEntry } from './layer-entry.ts';
import { resolvePath } from './resolve-path.ts';

/**
 * A tree with the entries of a layer over it, as engines unpack them there: below a link they lie where it leads. Nothing
 * is written.
 */
export function treeWithEntries(tree: FileTree, entries: readonly LayerEntry[]): FileTree {
  if (entries.length === 0) return tree;
  const over = new Map<string, FileTreeEntry>();
  const openers = new Map<string, () => ReturnType<FileTree['open']>>();
  const lstat = (path: string): FileTreeEntry | null => over.get(path) ?? tree.lstat(path);
  const resolve = (path: string): ResolvedEntry | null => resolvePath(path, lstat);
  for (const entry of entries) {
    const path = makeParents(entry.path, over, resolve);
    over.set(path, entryOf(entry, path));
    if (entry.kind === 'file') openers.set(path, () => entry.open());
  }
  const realPath = (path: string): string => resolve(path)?.path ?? '';
  return {
    name: tree.name,
    lstat: (path) => resolvePath(path, lstat, { followLast: false })?.entry ?? null,
    resolve,
    list: (path) => namesIn(realPath(path), tree, over.keys()),
    open: (path) => {
      const real = realPath(path);
      return over.has(real) ? (openers.get(real)?.() ?? null) : tree.open(real);
    },
    hostPath: (path) => {
      const real = realPath(path);
      return real === '' || over.has(real) ? null : (tree.hostPath?.(real) ?? null);
    },
  };
}

/** The directories above a path, made where they are not; where the path comes to lie. */
function makeParents(
  path: string,
  over: Map<string, FileTreeEntry>,
  resolve: (path: string) => ResolvedEntry | null,
): string {
  let parent = '';
  for (const name of path.split('/').slice(1, -1)) {
    const next = `${parent}/${name}`;
    const found = resolve(next);
    if (found === null) over.set(next, treeEntry(next, 'directory'));
    parent = found?.path ?? next;
  }
  return `${parent === '/' ? '' : parent}/${path.slice(path.lastIndexOf('/') + 1)}`;
}

function namesIn(directory: string, tree: FileTree, paths: Iterable<string>): readonly string[] {
  if (directory === '') return [];
  const prefix = directory === '/' ? '/' : `${directory}/`;
  const names = new Set(tree.list(directory));
  for (const path of paths) {
    const name = path.slice(prefix.length);
    if (path.startsWith(prefix) && name !== '' && !name.includes('/')) names.add(name);
  }
  return [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function entryOf(entry: LayerEntry, path: string): FileTreeEntry {
  const { uid = 0, gid = 0 } = entry;
  const common = { ...treeEntry(path, entry.kind), uid, gid };
  if (entry.kind === 'symlink') return { ...common, mode: 0o777, target: entry.target };
  return { ...common, mode: entry.mode, sizeBytes: entry.kind === 'file' ? entry.sizeBytes : 0 };
}

function treeEntry(path: string, kind: LayerEntry['kind']): FileTreeEntry {
  // No number of an inode: equal to that of no other file of the tree.
  return { kind, mode: 0o755, uid: 0, gid: 0, sizeBytes: 0, target: '', identity: `entry:${path}` };
}
