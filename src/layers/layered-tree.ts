import { MorselError } from '../core/errors.ts';
import { SYMLINK_LIMIT } from '../rootfs/index.ts';
import { decodeName, encodeName, nameSizeBytes, type TarHeader } from '../tar/index.ts';
import { memberProblem, nameProblem } from './check-member.ts';
import { Replacements } from './replacements.ts';
import { TreeNode } from './tree-node.ts';

/** Paths in an image; large ones (CUDA, desktops) have 300,000. So many are inspected and unpacked in 250 MiB of memory. */
export const TREE_PATHS_LIMIT = 400_000;
/** Bytes of all paths and link targets: 160 for each; whoever lists an image or unpacks it handles every one. */
export const TREE_PATH_BYTES_LIMIT = 64 * 1024 ** 2;
/**
 * Names looked up while layers are applied: 16 for each of a million members, which takes a second. A short member that
 * goes through links can ask for 80,000.
 */
export const TREE_LOOK_UPS_LIMIT = 16_000_000;

/** struct vfs_ns_cap_data, the longest form of security.capability (linux/capability.h). */
const CAPABILITY_LIMIT_BYTES = 24;

const WHITEOUT_PREFIX = '.wh.';
/** aufs kept its own files under this prefix; only the opaque marker means something to others. */
const AUFS_PREFIX = '.wh..wh.';
const OPAQUE_MARKER = '.wh..wh..opq';
/** V8 keeps a part of a string from this length on as a window on the whole. */
const WINDOW_LENGTH = 13;

/**
 * The file tree that an image's layers make, in memory and without contents. Layers are applied as image-spec's
 * layer.md says (whiteouts, opaque directories, replacement). Paths are resolved in this tree and nowhere else: it has
 * no way out, so neither links nor `..` can lead to the machine's own files. All that is in it can be on a Linux disk.
 * Errors: IMAGE_INVALID (paths with `..`, links to nothing, names, paths and owners that no Linux has), LIMIT_EXCEEDED.
 */
export class LayeredTree {
  root: TreeNode;
  #paths = 0;
  #pathBytes = 0;
  #lookUps = 0;
  #inodes = 0;
  #layer = 0;
  /** Directories from which this layer has taken everything lower: a marker repeated a million times costs nothing. */
  #emptied = new Set<Map<string, TreeNode>>();
  /** What upper layers did to directories and links of lower ones. */
  readonly replacements = new Replacements();
  readonly #name: string;

  /** `name` of the image, for messages. */
  constructor(name: string) {
    this.#name = name;
    this.root = this.#directory(null, 0, null);
  }

  startLayer(): void {
    this.#layer += 1;
    this.#emptied = new Set();
  }

  /** Whether the member's bytes will be in the tree: whiteouts are not. */
  static isMarker(header: TarHeader): boolean {
    return header.path.startsWith(WHITEOUT_PREFIX, header.path.lastIndexOf('/') + 1);
  }

  /** Applies one member; `contentId` is where its bytes are, for files. */
  apply(header: TarHeader, contentId: number): void {
    const problem = memberProblem(header);
    if (problem !== null) throw this.#invalid(`${header.path} ${problem}`);
    const parts = this.#parts(header.path);
    const name = parts.pop();
    if (name === undefined) {
      // `./`: the root's own entry, which many archives have.
      if (header.kind === 'directory') this.root = this.#directory(header, 0, this.root.children);
      return;
    }
    const parent = this.#makeDirectories(parts);
    if (name === OPAQUE_MARKER) return this.#emptyLower(parent.children);
    if (name.startsWith(AUFS_PREFIX)) return;
    if (name.startsWith(WHITEOUT_PREFIX)) {
      const hidden = name.slice(WHITEOUT_PREFIX.length);
      this.replacements.note(parts, hidden, { before: parent.children?.get(hidden), layer: this.#layer });
      return this.#whiteOut(parent, hidden);
    }
    const pathBytes = this.#checkedPathBytes(parent, name, header.path);
    const before = parent.children?.get(name);
    const node = this.#nodeFor(header, before, { contentId, pathBytes });
    this.replacements.note(parts, name, { before, after: node, layer: this.#layer });
    this.#put(parent, name, node, pathBytes);
  }

  #nodeFor(
    header: TarHeader,
    before: TreeNode | undefined,
    place: { readonly contentId: number; readonly pathBytes: number },
  ): TreeNode {
    switch (header.kind) {
      case 'directory':
        // A directory over a directory changes its attributes; what is in it stays.
        return this.#directory(header, place.pathBytes, before?.children ?? null);
      case 'hardlink':
        return this.#linkedNode(header);
      case 'file':
      case 'symlink':
        return this.#leaf(header, header.kind, place.contentId);
      default:
        return this.#leaf(header, 'other', place.contentId);
    }
  }

  #leaf(header: TarHeader, kind: 'file' | 'symlink' | 'other', contentId: number): TreeNode {
    const target = kind === 'symlink' ? header.linkTarget : '';
    const targetBytes = target === '' ? 0 : nameSizeBytes(target);
    this.#countPathBytes(targetBytes);
    return new TreeNode({
      kind,
      mode: header.mode,
      uid: header.uid,
      gid: header.gid,
      mtimeSeconds: header.mtimeSeconds,
      sizeBytes: kind === 'symlink' ? targetBytes : header.sizeBytes,
      target,
      hasXattrs: hasXattrs(header),
      capability: kind === 'file' ? capabilityOf(header) : null,
      contentId,
      children: null,
      inode: (this.#inodes += 1),
      layer: this.#layer,
      pathBytes: 0,
    });
  }

  /** Parents without an entry of their own are 0755, as all engines make them. */
  #directory(header: TarHeader | null, pathBytes: number, children: Map<string, TreeNode> | null): TreeNode {
    return new TreeNode({
      kind: 'directory',
      mode: header?.mode ?? 0o755,
      uid: header?.uid ?? 0,
      gid: header?.gid ?? 0,
      mtimeSeconds: header?.mtimeSeconds ?? 0,
      sizeBytes: 0,
      target: '',
      hasXattrs: header !== null && hasXattrs(header),
      capability: null,
      contentId: -1,
      children,
      inode: (this.#inodes += 1),
      layer: this.#layer,
      pathBytes,
    });
  }

  #linkedNode(header: TarHeader): TreeNode {
    const parts = this.#parts(header.linkTarget);
    const name = parts.pop();
    const node = name === undefined ? undefined : this.#walk(parts, false)?.children?.get(name);
    if (node === undefined || node.kind === 'directory') {
      throw this.#invalid(
        `${header.path} is a hard link to ${header.linkTarget}, which is not a file of the image`,
      );
    }
    return node.linkedFrom(this.#layer);
  }

  #put(parent: TreeNode, name: string, node: TreeNode, pathBytes: number): void {
    const children = (parent.children ??= new Map<string, TreeNode>());
    if (!children.has(name)) {
      this.#paths += 1;
      if (this.#paths > TREE_PATHS_LIMIT) throw this.#tooMuch(`more than ${TREE_PATHS_LIMIT} paths`);
      this.#countPathBytes(pathBytes);
    }
    children.set(ownString(name), node);
  }

  #whiteOut(parent: TreeNode, name: string): void {
    const node = parent.children?.get(name);
    if (node === undefined) return;
    this.#emptyLower(node.children);
    // What this very layer has put there stays, and with it the directory.
    if ((node.children?.size ?? 0) > 0) return;
    if (node.layer < this.#layer || node.kind === 'directory') parent.children?.delete(name);
  }

  /** Takes away what lower layers put into a directory, at any depth. */
  #emptyLower(children: Map<string, TreeNode> | null): void {
    if (children === null || this.#emptied.has(children)) return;
    this.#emptied.add(children);
    const found = [children];
    for (let index = 0; index < found.length; index += 1) {
      for (const { children: inner } of found[index]?.values() ?? []) {
        if (inner === null || this.#emptied.has(inner)) continue;
        this.#emptied.add(inner);
        found.push(inner);
      }
    }
    // Each directory comes behind the one that it is in, so backwards the inner ones are empty first.
    for (const directory of found.reverse()) {
      for (const [name, node] of directory) {
        if (node.layer < this.#layer && (node.children?.size ?? 0) === 0) directory.delete(name);
      }
    }
  }

  #makeDirectories(parts: readonly string[]): TreeNode {
    const found = this.#walk(parts, true);
    if (found === null) throw this.#invalid(`${parts.join('/')} cannot be a directory`);
    return found;
  }

  /** Walks to a directory; links on the way are followed inside the tree, as containerd and umoci do. */
  #walk(parts: readonly string[], make: boolean): TreeNode | null {
    const pending = parts.toReversed();
    let trail: TreeNode[] = [this.root];
    let links = 0;
    for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
      this.#countLookUp();
      if (part === '' || part === '.') continue;
      if (part === '..') {
        if (trail.length > 1) trail.pop();
        continue;
      }
      const directory = trail.at(-1) as TreeNode;
      const found = directory.children?.get(part);
      if (found?.kind === 'symlink') {
        links += 1;
        if (links > SYMLINK_LIMIT) return null;
        if (found.target.startsWith('/')) trail = [this.root];
        pending.push(...found.target.split('/').reverse());
        continue;
      }
      const next = found?.kind === 'directory' ? found : make ? this.#madeDirectory(directory, part) : null;
      if (next === null) return null;
      trail.push(next);
    }
    return trail.at(-1) as TreeNode;
  }

  /** A file of a lower layer gives way to a directory of this one; within one layer that is a contradiction: null. */
  #madeDirectory(parent: TreeNode, name: string): TreeNode | null {
    if (parent.children?.get(name)?.layer === this.#layer) return null;
    const pathBytes = this.#checkedPathBytes(parent, name, name);
    const made = this.#directory(null, pathBytes, null);
    this.#put(parent, name, made, pathBytes);
    return made;
  }

  #parts(path: string): string[] {
    const parts = path.split('/').filter((part) => part !== '' && part !== '.');
    if (parts.includes('..')) throw this.#invalid(`the path ${JSON.stringify(path)} contains ".."`);
    return parts;
  }

  #checkedPathBytes(parent: TreeNode, name: string, what: string): number {
    const nameBytes = nameSizeBytes(name);
    const problem = nameProblem(nameBytes, parent.pathBytes);
    if (problem !== null) throw this.#invalid(`${what} ${problem}`);
    return parent.pathBytes + 1 + nameBytes;
  }

  #countPathBytes(bytes: number): void {
    this.#pathBytes += bytes;
    if (this.#pathBytes > TREE_PATH_BYTES_LIMIT) {
      throw this.#tooMuch(`paths and link targets of more than ${TREE_PATH_BYTES_LIMIT} bytes in all`);
    }
  }

  #countLookUp(): void {
    this.#lookUps += 1;
    if (this.#lookUps > TREE_LOOK_UPS_LIMIT) {
      throw this.#tooMuch(`members whose paths lead over more than ${TREE_LOOK_UPS_LIMIT} names in all`);
    }
  }

  #invalid(what: string): MorselError {
    return new MorselError('IMAGE_INVALID', `${this.#name}: ${what}`, {
      hint: 'the layer is damaged or hostile: get the image from a source that you trust',
    });
  }

  #tooMuch(what: string): MorselError {
    return new MorselError('LIMIT_EXCEEDED', `${this.#name} has ${what}`, {
      hint: 'put fewer files into the image, as one archive for example',
    });
  }
}

/** A copy, so that it does not keep the header that it was cut from; null for what the kernel would not take. */
function capabilityOf({ xattrs }: TarHeader): Uint8Array | null {
  const value = xattrs['security.capability'];
  return value === undefined || value.length > CAPABILITY_LIMIT_BYTES ? null : Uint8Array.from(value);
}

function hasXattrs(header: TarHeader): boolean {
  for (const _ in header.xattrs) return true;
  return false;
}

/** A copy, so that the name does not keep the path that it was cut from. */
function ownString(name: string): string {
  return name.length < WINDOW_LENGTH ? name : decodeName(encodeName(name));
}
