import { readShebang, type Shebang } from '../core/shebang.ts';
import type { FileTree } from './file-tree.ts';

/** The `#!` line of a file in the tree; null where it has none, or there is no file. */
export function shebangInTree(tree: FileTree, path: string): Shebang | null {
  const source = tree.open(path);
  try {
    return source === null ? null : readShebang(source);
  } finally {
    source?.close();
  }
}
