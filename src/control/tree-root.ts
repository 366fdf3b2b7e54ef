import { packageRecords } from '../packages/index.ts';
import { directoryTree, type FileTree } from '../rootfs/index.ts';
import type { Owner } from './owner.ts';
import type { SourceRoot } from './source-root.ts';

export interface TreeRootOptions {
  /** Absolute path of the unpacked image; whoever unpacked it removes it. */
  readonly directory: string;
  /** In words: `in the original image`. */
  readonly description: string;
}

/**
 * An unpacked original image as a source root. All that is in it was put there to be shipped: a package's name is only
 * told, by the databases inside of it, of which nothing is executed.
 */
export function treeRoot({ directory, description }: TreeRootOptions): SourceRoot {
  const tree = directoryTree(directory);
  return {
    kind: 'image',
    description,
    root: directory,
    mounts: [],
    plainFiles: new Set(),
    tree,
    answers: new Map(),
    ownersOf: (paths) => Promise.resolve(imageOwners(tree, paths)),
    remove: () => {},
  };
}

function imageOwners(tree: FileTree, paths: readonly string[]): ReadonlyMap<string, Owner> {
  const recordOf = packageRecords(tree, paths);
  return new Map(
    paths.map((path): [string, Owner] => {
      const record = recordOf(path);
      if (record === null) return [path, { kind: 'image' }];
      return [path, { kind: 'package', package: record.package, isShared: record.isShared }];
    }),
  );
}
