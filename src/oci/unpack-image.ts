import {
  chmodSync,
  closeSync,
  fchmodSync,
  fchownSync,
  futimesSync,
  lchownSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { makeDirectories } from '../core/make-directories.ts';
import { randomName } from '../core/random-name.ts';
import { removeTree } from '../core/remove-tree.ts';
import { attempt } from '../core/write-error.ts';
import { encodeName, type TarHeader } from '../tar/index.ts';
import { applyLayers, type ContentStore } from './apply-layers.ts';
import type { Image } from './image.ts';
import type { TreeNode } from './layered-tree.ts';

export interface UnpackOptions {
  /** Owners as the image says; only root can. Default: whether this process is root. */
  readonly asRoot?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface UnpackedImage {
  /** Absolute. */
  readonly root: string;
  /** Regular files and symbolic links; hard links count each. */
  readonly files: number;
  /** Sum of the regular files' contents, hard links once. */
  readonly contentBytes: number;
  /** Devices, pipes and sockets, which are not made. */
  readonly skippedDevices: readonly string[];
  /** Paths whose extended attributes (capabilities) were left out: Node cannot set them. */
  readonly skippedXattrs: readonly string[];
}

/**
 * Unpacks an image into a directory, which must be absent or empty. The layers are applied in memory first, contents
 * go to a hidden folder; only then is the tree made, from its root down and with no link followed: nothing can be
 * written outside, whatever the layers say. On failure the directory is left empty (or absent, if it was).
 * Errors: as `applyLayers`, and USAGE (not empty), WRITE_FAILED, DISK_FULL.
 */
export async function unpackImage(
  image: Image,
  directory: string,
  options: UnpackOptions = {},
): Promise<UnpackedImage> {
  const root = resolve(directory);
  const [firstMade] = attempt(root, () => makeDirectories(root));
  if (attempt(root, () => readdirSync(root)).length > 0) {
    throw new MorselError('USAGE', `${root} is not empty`, {
      hint: 'give a directory that is empty or not there yet',
    });
  }
  const staging = join(root, `.morsel-${randomName()}`);
  const asRoot = options.asRoot ?? process.getuid?.() === 0;
  try {
    attempt(staging, () => mkdirSync(staging, { mode: 0o700 }));
    const tree = await applyLayers(image, stagingStore(staging, asRoot), options.signal);
    const maker = new TreeMaker(root, staging, asRoot);
    attempt(root, () => maker.makeRoot(tree.root));
    return maker.result();
  } catch (error) {
    for (const name of readdirSync(root)) removeTree(join(root, name));
    if (firstMade !== undefined) rmSync(firstMade, { recursive: true, force: true });
    throw error;
  }
}

/** Each file's bytes go to `staging/N`, with their final mode, owner and time. */
function stagingStore(staging: string, asRoot: boolean): ContentStore {
  let count = 0;
  return {
    async add(header, content) {
      const id = (count += 1);
      const path = join(staging, String(id));
      const fd = attempt(path, () => openSync(path, 'wx', 0o600));
      try {
        for await (const chunk of content) attempt(path, () => writeAll(fd, chunk));
        attempt(path, () => finishFile(fd, header, asRoot));
      } finally {
        closeSync(fd);
      }
      return id;
    },
  };
}

function finishFile(fd: number, header: TarHeader, asRoot: boolean): void {
  if (asRoot) fchownSync(fd, header.uid, header.gid);
  // After the owner, whose change clears setuid and setgid.
  fchmodSync(fd, header.mode);
  futimesSync(fd, header.mtimeSeconds, header.mtimeSeconds);
}

function writeAll(fd: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(fd, bytes, done);
}

/** Turns a tree in memory into one on disk. */
class TreeMaker {
  readonly #root: string;
  readonly #staging: string;
  readonly #asRoot: boolean;
  /** Where a node has been made first; its other names become hard links to that. */
  readonly #made = new Map<TreeNode, Buffer>();
  readonly #skippedDevices: string[] = [];
  readonly #skippedXattrs: string[] = [];
  #files = 0;
  #contentBytes = 0;

  constructor(root: string, staging: string, asRoot: boolean) {
    this.#root = root;
    this.#staging = staging;
    this.#asRoot = asRoot;
  }

  makeRoot(node: TreeNode): void {
    this.#fill(node, '');
    removeTree(this.#staging);
    this.#setAttributes(node, Buffer.from(this.#root));
  }

  result(): UnpackedImage {
    return {
      root: this.#root,
      files: this.#files,
      contentBytes: this.#contentBytes,
      skippedDevices: this.#skippedDevices,
      skippedXattrs: this.#skippedXattrs,
    };
  }

  #fill(directory: TreeNode, path: string): void {
    for (const [name, { node }] of directory.children ?? []) this.#make(node, `${path}/${name}`);
  }

  #make(node: TreeNode, path: string): void {
    const host = Buffer.concat([Buffer.from(this.#root), encodeName(path)]);
    if (Object.keys(node.xattrs).length > 0) this.#skippedXattrs.push(path);
    if (node.kind === 'other') return void this.#skippedDevices.push(path);
    if (node.kind === 'directory') {
      // Its own mode may forbid writing: it comes when the directory is filled.
      mkdirSync(host, { mode: 0o700 });
      this.#fill(node, path);
      return this.#setAttributes(node, host);
    }
    this.#files += 1;
    const first = this.#made.get(node);
    if (first !== undefined) return linkSync(first, host);
    this.#made.set(node, host);
    if (node.kind === 'symlink') return this.#makeSymlink(node, host);
    renameSync(join(this.#staging, String(node.contentId)), host);
    this.#contentBytes += node.sizeBytes;
  }

  #makeSymlink(node: TreeNode, host: Buffer): void {
    symlinkSync(encodeName(node.target), host);
    if (this.#asRoot) lchownSync(host, node.uid, node.gid);
    lutimesSync(host, node.mtimeSeconds, node.mtimeSeconds);
  }

  #setAttributes(node: TreeNode, host: Buffer): void {
    if (this.#asRoot) lchownSync(host, node.uid, node.gid);
    chmodSync(host, node.mode);
    utimesSync(host, node.mtimeSeconds, node.mtimeSeconds);
  }
}
