import { type ByteSource, sliceByteSource } from '../core/byte-source.ts';
import { resolvePath, type WalkableTree, type WalkedPath } from '../rootfs/index.ts';
import { compareNames } from '../tar/index.ts';
import { type AppliedLayer, applyLayers } from './apply-layers.ts';
import type { Image } from '../oci/image.ts';
import type { LayeredTree } from './layered-tree.ts';
import { SpoolFile } from './spool-file.ts';
import type { TreeNode } from './tree-node.ts';

/** An image's files, read without unpacking them; closing it drops their contents. */
export interface ImageTree extends WalkableTree {
  /** What it is made of, the lowest first. */
  readonly layers: readonly AppliedLayer[];
  close(): void;
}

/**
 * The files of an image as a tree: layers applied, whiteouts honoured. Contents are decompressed once, to one
 * temporary file that has no name. Errors: as `applyLayers`, and DISK_FULL.
 */
export async function imageTree(image: Image, signal?: AbortSignal): Promise<ImageTree> {
  const spool = new SpoolFile(image.name);
  try {
    const store = { add: (_header: unknown, content: AsyncIterable<Buffer>) => spool.appendAll(content) };
    const { tree, layers } = await applyLayers(image, store, signal);
    return { ...fileTree(image.name, tree, spool.source()), layers };
  } catch (error) {
    spool.close();
    throw error;
  }
}

function fileTree(name: string, tree: LayeredTree, contents: ByteSource): Omit<ImageTree, 'layers'> {
  const lookUp = nodeFinder(tree.root);
  // The entry that it answers is the node that it was given.
  const find = (path: string): TreeNode | null =>
    (resolvePath(path, lookUp)?.entry ?? null) as TreeNode | null;
  return {
    name,
    resolve: (path) => resolvePath(path, lookUp),
    lstat: (path) => resolvePath(path, lookUp, { followLast: false })?.entry ?? null,
    list: (path) => [...(find(path)?.children?.keys() ?? [])].sort(compareNames),
    replacements: tree.replacements.all,
    walk: () => walkNodes(tree.root, contents),
    open(path) {
      const node = find(path);
      return node === null ? null : openNode(node, path, contents);
    },
    close: () => contents.close(),
  };
}

/**
 * Finds the node at a canonical path (no links on the way), null when there is none. `resolvePath` asks for each
 * directory on its way: from the one asked for before it is one step.
 */
function nodeFinder(root: TreeNode): (canonicalPath: string) => TreeNode | null {
  let lastPath = '';
  let lastNode: TreeNode = root;
  return (path) => {
    const isBelow = path.startsWith(lastPath) && path.charAt(lastPath.length) === '/';
    let node: TreeNode = isBelow ? lastNode : root;
    for (const part of path.slice(isBelow ? lastPath.length : 0).split('/')) {
      if (part === '') continue;
      const next = node.children?.get(part);
      if (next === undefined) return null;
      node = next;
    }
    lastPath = path === '/' ? '' : path;
    lastNode = node;
    return node;
  };
}

function openNode(node: TreeNode, path: string, contents: ByteSource): ByteSource | null {
  return node.kind === 'file'
    ? sliceByteSource(contents, node.contentId, node.sizeBytes, `${contents.name}:${path}`)
    : null;
}

class ImagePath implements WalkedPath {
  readonly path: string;
  readonly entry: TreeNode;
  readonly isFurtherName: boolean;
  readonly #contents: ByteSource;

  constructor(path: string, entry: TreeNode, isFurtherName: boolean, contents: ByteSource) {
    this.path = path;
    this.entry = entry;
    this.isFurtherName = isFurtherName;
    this.#contents = contents;
  }

  open(): ByteSource | null {
    return openNode(this.entry, this.path, this.#contents);
  }
}

function* walkNodes(root: TreeNode, contents: ByteSource): Generator<WalkedPath, void, undefined> {
  const walked = new Set<number>();
  const pending: (readonly [path: string, node: TreeNode])[] = [['', root]];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const [name, node] of directory[1].children ?? []) {
      const path = `${directory[0]}/${name}`;
      const isFurtherName = node.isLinked && walked.has(node.inode);
      if (node.isLinked) walked.add(node.inode);
      yield new ImagePath(path, node, isFurtherName, contents);
      if (node.kind === 'directory') pending.push([path, node]);
    }
  }
}
