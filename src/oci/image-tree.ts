import { sliceByteSource } from '../core/byte-source.ts';
import { type FileTree, type FileTreeEntry, resolvePath } from '../rootfs/index.ts';
import { compareNames } from '../tar/index.ts';
import { applyLayers } from './apply-layers.ts';
import type { Image } from './image.ts';
import type { LayeredTree, TreeNode } from './layered-tree.ts';
import { SpoolFile } from './spool-file.ts';

/** An image's files, read without unpacking them; closing it drops their contents. */
export interface ImageTree extends FileTree {
  close(): void;
}

/**
 * The files of an image as a tree: layers applied, whiteouts honoured. Contents are decompressed once, to one
 * temporary file that has no name. Errors: as `applyLayers`, and DISK_FULL.
 */
export async function imageTree(image: Image, signal?: AbortSignal): Promise<ImageTree> {
  const spool = new SpoolFile(image.name);
  try {
    const tree = await applyLayers(
      image,
      {
        async add(_header, content) {
          const start = spool.sizeBytes;
          for await (const chunk of content) spool.append(chunk);
          return start;
        },
      },
      signal,
    );
    return fileTree(image.name, tree, spool);
  } catch (error) {
    spool.close();
    throw error;
  }
}

function fileTree(name: string, tree: LayeredTree, spool: SpoolFile): ImageTree {
  const contents = spool.source();
  const lstat = (path: string): FileTreeEntry | null => {
    const node = tree.lookUp(path);
    return node === null ? null : entryOf(node);
  };
  const find = (path: string): TreeNode | null => {
    const found = resolvePath(path, lstat);
    return found === null ? null : tree.lookUp(found.path);
  };
  return {
    name,
    resolve: (path) => resolvePath(path, lstat),
    lstat: (path) => resolvePath(path, lstat, { followLast: false })?.entry ?? null,
    list: (path) => [...(find(path)?.children?.keys() ?? [])].sort(compareNames),
    open(path) {
      const node = find(path);
      return node?.kind === 'file'
        ? sliceByteSource(contents, node.contentId, node.sizeBytes, `${name}:${path}`)
        : null;
    },
    close: () => contents.close(),
  };
}

function entryOf(node: TreeNode): FileTreeEntry {
  const { kind, mode, uid, gid, sizeBytes, target } = node;
  return { kind, mode, uid, gid, sizeBytes, target, identity: String(node.identity) };
}
