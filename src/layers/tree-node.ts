import type { FileTreeEntry } from '../rootfs/index.ts';

/**
 * What is at one path of a layered tree. There is one for each path of an image, `TREE_PATHS_LIMIT` at most: numbers and
 * shared strings only, a map only for a directory that something is in, and it is the tree's entry by itself.
 */
export class TreeNode implements FileTreeEntry {
  readonly kind: FileTreeEntry['kind'];
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeSeconds: number;
  readonly sizeBytes: number;
  readonly target: string;
  /** Their values are not kept: nothing that reads a tree wants them, and they may be a megabyte each. */
  readonly hasXattrs: boolean;
  /** But for a file's capabilities, which its program is run with: 24 bytes at most. */
  readonly capability: Uint8Array | null;
  /** Where the content store has a file's bytes. */
  readonly contentId: number;
  /** Of a directory that something is in, or was. */
  children: Map<string, TreeNode> | null;
  /** Equal for hard links and for nothing else. */
  readonly inode: number;
  /** The layer that put it there: whiteouts delete only what lower layers have. */
  readonly layer: number;
  /** Of a directory: the length of its path, since a path is as long as the ways through links make it. */
  readonly pathBytes: number;
  /** It has, or had, other names. */
  isLinked = false;

  constructor(fields: Omit<TreeNode, 'identity' | 'isLinked' | 'linkedFrom'>) {
    this.kind = fields.kind;
    this.mode = fields.mode;
    this.uid = fields.uid;
    this.gid = fields.gid;
    this.mtimeSeconds = fields.mtimeSeconds;
    this.sizeBytes = fields.sizeBytes;
    this.target = fields.target;
    this.hasXattrs = fields.hasXattrs;
    this.capability = fields.capability;
    this.contentId = fields.contentId;
    this.children = fields.children;
    this.inode = fields.inode;
    this.layer = fields.layer;
    this.pathBytes = fields.pathBytes;
  }

  get identity(): string {
    return String(this.inode);
  }

  /** The same file under another name, which `layer` gives it. */
  linkedFrom(layer: number): TreeNode {
    this.isLinked = true;
    const other = new TreeNode({ ...this, layer });
    other.isLinked = true;
    return other;
  }
}
