import { type ByteSource, sliceByteSource } from '../core/byte-source.ts';
import type { FileTree, FileTreeEntry } from './file-tree.ts';

/** A tree with one executable file more, as if it had been copied there: its directories need not exist. */
export function overlayTree(tree: FileTree, path: string, source: ByteSource): FileTree {
  const entry: FileTreeEntry = {
    kind: 'file',
    mode: 0o755,
    uid: 0,
    gid: 0,
    sizeBytes: source.sizeBytes,
    target: '',
    identity: `overlay:${path}`,
  };
  return {
    name: tree.name,
    lstat: (wanted) => (wanted === path ? entry : tree.lstat(wanted)),
    list: (wanted) => tree.list(wanted),
    open: (wanted) =>
      wanted === path ? sliceByteSource(source, 0, source.sizeBytes, path) : tree.open(wanted),
    resolve: (wanted) => (wanted === path ? { path, entry } : tree.resolve(wanted)),
  };
}
