import { directoryTree } from '../rootfs/index.ts';
import { machineOwners } from './machine-owners.ts';
import type { SourceRoot } from './source-root.ts';

export interface TreeRootOptions {
  /** Absolute path of the unpacked image; whoever unpacked it removes it. */
  readonly directory: string;
  /** In words: `in the original image`. */
  readonly description: string;
}

/** An unpacked original image as a source root. */
export function treeRoot({ directory, description }: TreeRootOptions): SourceRoot {
  const tree = directoryTree(directory);
  return {
    kind: 'image',
    description,
    root: directory,
    mounts: [],
    tree,
    ownersOf: machineOwners({ machine: tree, tree, programDirectory: null }),
    remove: () => {},
  };
}
