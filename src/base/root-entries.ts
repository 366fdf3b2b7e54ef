import type { FileTree, FileTreeEntry, LayerEntry } from '../rootfs/index.ts';

/**
 * A root directory (as debootstrap makes) as the entries of one layer: modes and owners as they are, since a base's
 * setuid programs and private files are part of it. Devices, pipes and sockets are left out: runtimes make their own.
 */
export function rootEntries(tree: FileTree, reason: string): readonly LayerEntry[] {
  const entries: LayerEntry[] = [];
  const pending = ['/'];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const name of tree.list(directory)) {
      const path = directory === '/' ? `/${name}` : `${directory}/${name}`;
      const entry = tree.lstat(path);
      if (entry === null) continue;
      if (entry.kind === 'directory') pending.push(path);
      const made = layerEntry(tree, path, entry, reason);
      if (made !== null) entries.push(made);
    }
  }
  return entries;
}

function layerEntry(tree: FileTree, path: string, entry: FileTreeEntry, reason: string): LayerEntry | null {
  const { mode, uid, gid, sizeBytes, target } = entry;
  const base = { path, reason, uid, gid };
  switch (entry.kind) {
    case 'directory':
      return { ...base, kind: 'directory', mode };
    case 'symlink':
      return { ...base, kind: 'symlink', target };
    case 'file':
      return { ...base, kind: 'file', mode, sizeBytes, open: () => openInTree(tree, path) };
    case 'other':
      return null;
  }
}

function openInTree(tree: FileTree, path: string) {
  const source = tree.open(path);
  if (source === null) throw new Error(`${path} disappeared from ${tree.name}`);
  return source;
}
