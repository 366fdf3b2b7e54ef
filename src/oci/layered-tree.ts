import { MorselError } from '../core/errors.ts';
import { PATH_LIMIT_BYTES, SYMLINK_LIMIT } from '../rootfs/index.ts';
import type { TarHeader } from '../tar/index.ts';

/** Paths in an image; large ones (CUDA, desktops) have 300,000. Each costs some hundred bytes of memory. */
export const TREE_PATHS_LIMIT = 1_000_000;

const WHITEOUT_PREFIX = '.wh.';
/** aufs kept its own files under this prefix; only the opaque marker means something to others. */
const AUFS_PREFIX = '.wh..wh.';
const OPAQUE_MARKER = '.wh..wh..opq';

/** What is at a path: an inode, so to speak; hard links share one. */
export interface TreeNode {
  readonly kind: 'file' | 'directory' | 'symlink' | 'other';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeSeconds: number;
  readonly sizeBytes: number;
  readonly target: string;
  readonly xattrs: Readonly<Record<string, Buffer>>;
  /** Where the content store has a file's bytes. */
  readonly contentId: number;
  /** Of directories only. */
  readonly children: Map<string, TreeEdge> | null;
  /** Equal for hard links and for nothing else. */
  readonly identity: number;
}

/** A name in a directory, and the layer that put it there: whiteouts delete only what lower layers have. */
export interface TreeEdge {
  readonly node: TreeNode;
  readonly layer: number;
}

/**
 * The file tree that an image's layers make, in memory and without contents. Layers are applied as image-spec's
 * layer.md says (whiteouts, opaque directories, replacement). Paths are resolved in this tree and nowhere else: it has
 * no way out, so neither links nor `..` can lead to the machine's own files.
 * Errors: IMAGE_INVALID (paths with `..`, links to nothing), LIMIT_EXCEEDED.
 */
export class LayeredTree {
  root: TreeNode;
  #paths = 0;
  #identities = 0;
  #layer = 0;
  /** Directories from which this layer has taken everything lower: a marker repeated a million times costs nothing. */
  #emptied = new Set<Map<string, TreeEdge>>();
  readonly #name: string;

  /** `name` of the image, for messages. */
  constructor(name: string) {
    this.#name = name;
    this.root = this.#directory(null);
  }

  startLayer(): void {
    this.#layer += 1;
    this.#emptied = new Set();
  }

  /** Whether the member's bytes will be in the tree: whiteouts are not. */
  static isMarker(header: TarHeader): boolean {
    return lastPart(header.path).startsWith(WHITEOUT_PREFIX);
  }

  /** Applies one member; `contentId` is where its bytes are, for files. */
  apply(header: TarHeader, contentId: number): void {
    const parts = this.#parts(header.path);
    const name = parts.pop();
    if (name === undefined) {
      // `./`: the root's own entry, which many archives have.
      if (header.kind === 'directory') this.root = this.#directory(header, this.root.children);
      return;
    }
    const parent = this.#makeDirectories(parts);
    if (name === OPAQUE_MARKER) return this.#emptyLower(parent);
    if (name.startsWith(AUFS_PREFIX)) return;
    if (name.startsWith(WHITEOUT_PREFIX)) return this.#whiteOut(parent, name.slice(WHITEOUT_PREFIX.length));
    this.#put(parent, name, this.#nodeFor(header, parent.get(name)?.node, contentId));
  }

  /** The node at a canonical path (no links on the way); null when there is none. */
  lookUp(canonicalPath: string): TreeNode | null {
    let node: TreeNode = this.root;
    for (const part of canonicalPath.split('/')) {
      if (part === '') continue;
      const next = node.children?.get(part)?.node;
      if (next === undefined) return null;
      node = next;
    }
    return node;
  }

  #nodeFor(header: TarHeader, before: TreeNode | undefined, contentId: number): TreeNode {
    switch (header.kind) {
      case 'directory':
        // A directory over a directory changes its attributes; what is in it stays.
        return this.#directory(header, before?.children ?? new Map());
      case 'hardlink':
        return this.#linkedNode(header);
      case 'file':
      case 'symlink':
        return this.#leaf(header, header.kind, contentId);
      default:
        return this.#leaf(header, 'other', contentId);
    }
  }

  #leaf(header: TarHeader, kind: 'file' | 'symlink' | 'other', contentId: number): TreeNode {
    const sizeBytes = kind === 'symlink' ? Buffer.byteLength(header.linkTarget) : header.sizeBytes;
    const { mode, uid, gid, mtimeSeconds, xattrs } = header;
    const target = kind === 'symlink' ? header.linkTarget : '';
    const identity = (this.#identities += 1);
    return {
      kind,
      mode,
      uid,
      gid,
      mtimeSeconds,
      sizeBytes,
      target,
      xattrs,
      contentId,
      children: null,
      identity,
    };
  }

  /** Parents without an entry of their own are 0755, as all engines make them. */
  #directory(header: TarHeader | null, children: Map<string, TreeEdge> | null = null): TreeNode {
    return {
      kind: 'directory',
      mode: header?.mode ?? 0o755,
      uid: header?.uid ?? 0,
      gid: header?.gid ?? 0,
      mtimeSeconds: header?.mtimeSeconds ?? 0,
      sizeBytes: 0,
      target: '',
      xattrs: header?.xattrs ?? {},
      contentId: -1,
      children: children ?? new Map<string, TreeEdge>(),
      identity: (this.#identities += 1),
    };
  }

  #linkedNode(header: TarHeader): TreeNode {
    const parts = this.#parts(header.linkTarget);
    const name = parts.pop();
    const parent = this.#walk(parts, false);
    const node = name === undefined ? undefined : parent?.get(name)?.node;
    if (node === undefined || node.kind === 'directory') {
      throw this.#invalid(
        `${header.path} is a hard link to ${header.linkTarget}, which is not a file of the image`,
      );
    }
    return node;
  }

  #put(parent: Map<string, TreeEdge>, name: string, node: TreeNode): void {
    if (!parent.has(name)) {
      this.#paths += 1;
      if (this.#paths > TREE_PATHS_LIMIT) {
        throw new MorselError('LIMIT_EXCEEDED', `${this.#name} has more than ${TREE_PATHS_LIMIT} paths`);
      }
    }
    parent.set(name, { node, layer: this.#layer });
  }

  #whiteOut(parent: Map<string, TreeEdge>, name: string): void {
    const edge = parent.get(name);
    if (edge === undefined) return;
    const { node, layer } = edge;
    if (node.children !== null) {
      this.#emptyLower(node.children);
      // What this very layer has put there stays, and with it the directory.
      if (node.children.size > 0) return;
    }
    if (layer < this.#layer || node.children !== null) parent.delete(name);
  }

  /** Takes away what lower layers put into a directory, at any depth. */
  #emptyLower(children: Map<string, TreeEdge>): void {
    if (this.#emptied.has(children)) return;
    this.#emptied.add(children);
    for (const [name, edge] of children) {
      if (edge.node.children !== null) {
        this.#emptyLower(edge.node.children);
        if (edge.node.children.size > 0) continue;
      }
      if (edge.layer < this.#layer) children.delete(name);
    }
  }

  #makeDirectories(parts: readonly string[]): Map<string, TreeEdge> {
    const found = this.#walk(parts, true);
    if (found === null) throw this.#invalid(`${parts.join('/')} cannot be a directory`);
    return found;
  }

  /** Walks to a directory; links on the way are followed inside the tree, as containerd and umoci do. */
  #walk(parts: readonly string[], make: boolean): Map<string, TreeEdge> | null {
    const pending = [...parts].reverse();
    let trail: TreeNode[] = [this.root];
    let links = 0;
    while (pending.length > 0) {
      const part = pending.pop() as string;
      if (part === '' || part === '.') continue;
      if (part === '..') {
        if (trail.length > 1) trail.pop();
        continue;
      }
      const children = (trail.at(-1) as TreeNode).children as Map<string, TreeEdge>;
      const edge = children.get(part);
      if (edge?.node.kind === 'symlink') {
        links += 1;
        if (links > SYMLINK_LIMIT) return null;
        if (edge.node.target.startsWith('/')) trail = [this.root];
        pending.push(...edge.node.target.split('/').reverse());
        continue;
      }
      const next = this.#step(children, part, edge, make);
      if (next === null) return null;
      trail.push(next);
    }
    return (trail.at(-1) as TreeNode).children;
  }

  #step(
    children: Map<string, TreeEdge>,
    part: string,
    edge: TreeEdge | undefined,
    make: boolean,
  ): TreeNode | null {
    if (edge?.node.kind === 'directory') return edge.node;
    // A file of a lower layer gives way to a directory of this one; within one layer that is a contradiction.
    if (!make || (edge !== undefined && edge.layer === this.#layer)) return null;
    const made = this.#directory(null);
    this.#put(children, part, made);
    return made;
  }

  #parts(path: string): string[] {
    const parts = path.split('/').filter((part) => part !== '' && part !== '.');
    if (parts.includes('..')) throw this.#invalid(`the path ${JSON.stringify(path)} contains ".."`);
    if (path.length > PATH_LIMIT_BYTES) throw this.#invalid('a path is longer than Linux allows');
    return parts;
  }

  #invalid(what: string): MorselError {
    return new MorselError('IMAGE_INVALID', `${this.#name}: ${what}`, {
      hint: 'the layer is damaged or hostile: get the image from a source that you trust',
    });
  }
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
