import { MorselError } from '../core/errors.ts';
import { Turns } from '../core/turns.ts';
import { openInTree } from './entry-from-tree.ts';
import type { FileTree, FileTreeEntry, WalkableTree } from './file-tree.ts';
import type { LayerEntry } from './layer-entry.ts';

/** A desktop has half of it; the root of a machine, with /proc, /sys and everybody's files, has more. */
const ROOT_ENTRIES_LIMIT = 1_000_000;

/**
 * A root directory (as debootstrap makes) as the entries of one layer: modes and owners as they are, since a base's
 * setuid programs and private files are part of it. Devices, pipes and sockets are left out: runtimes make their own.
 * Errors: LIMIT_EXCEEDED, INTERRUPTED.
 */
export async function rootEntries(
  tree: WalkableTree,
  reason: string,
  signal?: AbortSignal,
): Promise<readonly LayerEntry[]> {
  const turns = new Turns(signal, `${tree.name} was read`);
  const entries: LayerEntry[] = [];
  for (const { path, entry } of tree.walk()) {
    await turns.take();
    const made = layerEntry(tree, path, entry, reason);
    if (made !== null) entries.push(made);
    if (entries.length > ROOT_ENTRIES_LIMIT) throw tooMany(tree);
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

function tooMany(tree: FileTree): MorselError {
  return new MorselError(
    'LIMIT_EXCEEDED',
    `the base ${tree.name} has more than ${ROOT_ENTRIES_LIMIT} paths`,
    {
      hint: 'give the root of a base, as debootstrap makes it, not that of a machine',
    },
  );
}
