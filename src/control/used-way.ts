import { type FileTree, type FileTreeEntry, resolvePath } from '../rootfs/index.ts';

/** From the name by which a path was used to what is there, in a source root. */
export interface UsedWay {
  /** Canonical paths of the links that are followed, in order. */
  readonly links: readonly string[];
  /** Canonical path of what they lead to. */
  readonly end: string;
  readonly entry: FileTreeEntry;
}

/** null where nothing is: a program may have made and removed it. */
export function usedWay(tree: FileTree, path: string): UsedWay | null {
  const links: string[] = [];
  const found = resolvePath(path, (at) => tree.lstat(at), { onLink: (link) => links.push(link) });
  return found === null ? null : { links, end: found.path, entry: found.entry };
}
