import { linkSync, mkdirSync, symlinkSync } from 'node:fs';
import { Turns } from '../core/turns.ts';
import { encodeName } from '../tar/index.ts';
import type { AttributeSetter } from './node-attributes.ts';
import type { StagedContents } from './staged-contents.ts';
import type { TreeNode } from './tree-node.ts';
import { unpackStep } from './unpack-error.ts';

/** Paths that a result names; an image may be made of nothing but devices. */
const NAMED_PATHS_LIMIT = 1000;

export interface TreeMakerOptions {
  /** Where the tree's `/` is. */
  readonly root: string;
  readonly contents: StagedContents;
  readonly attributes: AttributeSetter;
  readonly signal: AbortSignal | undefined;
}

/** A directory that is being filled. */
interface OpenDirectory {
  readonly node: TreeNode;
  readonly path: string;
  readonly left: Iterator<readonly [name: string, node: TreeNode]>;
}

/** Turns a tree in memory into one on disk, from its root down, with no link followed. */
export class TreeMaker {
  readonly skippedDevices: string[] = [];
  readonly skippedXattrs: string[] = [];
  readonly capabilities = new Map<string, Uint8Array>();
  readonly setIds = new Map<string, { readonly uid: number; readonly gid: number }>();
  files = 0;
  contentBytes = 0;
  readonly #options: TreeMakerOptions;
  /** Where a file with several names has been made; its other names become hard links to that. */
  readonly #made = new Map<number, Buffer>();

  constructor(options: TreeMakerOptions) {
    this.#options = options;
  }

  /** All but the root's own attributes. Errors: LIMIT_EXCEEDED, WRITE_FAILED, DISK_FULL, INTERRUPTED. */
  async fill(root: TreeNode): Promise<void> {
    const turns = new Turns(this.#options.signal, `unpacking to ${this.#options.root}`);
    const open = [opened(root, '')];
    for (let directory = open.at(-1); directory !== undefined; directory = open.at(-1)) {
      await turns.take();
      const { value: next, done } = directory.left.next();
      if (done === true) {
        open.pop();
        if (open.length > 0) this.finish(directory.node, directory.path);
        continue;
      }
      const [name, node] = next;
      const path = `${directory.path}/${name}`;
      this.#noteWhatIsLeft(node, path);
      if (node.kind === 'other') addNamed(this.skippedDevices, path);
      else unpackStep(this.#options.root + path, () => this.#make(node, this.#hostPath(path)));
      if (node.kind === 'directory') open.push(opened(node, path));
    }
  }

  /** The attributes of a directory, when all is in it: its mode may forbid writing, and its time changes by that. */
  finish(node: TreeNode, path: string): void {
    unpackStep(this.#options.root + path, () =>
      this.#options.attributes.finishDirectory(this.#hostPath(path), node),
    );
  }

  #noteWhatIsLeft(node: TreeNode, path: string): void {
    if (node.hasXattrs) addNamed(this.skippedXattrs, path);
    if (node.capability !== null && this.capabilities.size < NAMED_PATHS_LIMIT)
      this.capabilities.set(path, node.capability);
    const isSetId = node.kind === 'file' && (node.mode & 0o6000) !== 0;
    if (isSetId && this.setIds.size < NAMED_PATHS_LIMIT)
      this.setIds.set(path, { uid: node.uid, gid: node.gid });
  }

  #hostPath(path: string): Buffer {
    return encodeName(this.#options.root + path);
  }

  #make(node: TreeNode, host: Buffer): void {
    if (node.kind === 'directory') return mkdirSync(host, 0o700);
    this.files += 1;
    if (node.isLinked) {
      const first = this.#made.get(node.inode);
      if (first !== undefined) return linkSync(first, host);
      this.#made.set(node.inode, host);
    }
    if (node.kind === 'symlink') {
      symlinkSync(encodeName(node.target), host);
      return this.#options.attributes.finishLink(host, node);
    }
    this.#options.contents.place(node, host);
    this.contentBytes += node.sizeBytes;
  }
}

function opened(node: TreeNode, path: string): OpenDirectory {
  return { node, path, left: (node.children ?? new Map<string, TreeNode>()).entries() };
}

function addNamed(paths: string[], path: string): void {
  if (paths.length < NAMED_PATHS_LIMIT) paths.push(path);
}
