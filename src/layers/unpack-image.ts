import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { makeDirectories } from '../core/make-directories.ts';
import { randomName } from '../core/random-name.ts';
import { removeTree } from '../core/remove-tree.ts';
import { applyLayers } from './apply-layers.ts';
import type { Image } from '../oci/image.ts';
import { AttributeSetter } from './node-attributes.ts';
import { StagedContents } from './staged-contents.ts';
import { TreeMaker } from './tree-maker.ts';
import { UNPACK_HINT, unpackStep } from './unpack-error.ts';

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
  /** Devices, pipes and sockets, which are not made; the first thousand. */
  readonly skippedDevices: readonly string[];
  /** Paths whose extended attributes (capabilities) were left out: Node cannot set them; the first thousand. */
  readonly skippedXattrs: readonly string[];
  /** Path → security.capability, of which the unpacked file has nothing; the first thousand. */
  readonly capabilities: ReadonlyMap<string, Uint8Array>;
  /** Path of a setuid or setgid file → the owner that the image gives it; the first thousand. */
  readonly setIds: ReadonlyMap<string, { readonly uid: number; readonly gid: number }>;
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
  const [firstMade] = makeDirectories(root, { hint: UNPACK_HINT });
  if (unpackStep(root, () => readdirSync(root)).length > 0) {
    throw new MorselError('USAGE', `${root} is not empty`, {
      hint: 'give a directory that is empty or not there yet',
    });
  }
  try {
    return await unpackInto(root, image, options);
  } catch (error) {
    if (firstMade !== undefined) removeTree(firstMade);
    else for (const name of readdirSync(root)) removeTree(join(root, name));
    throw error;
  }
}

async function unpackInto(root: string, image: Image, options: UnpackOptions): Promise<UnpackedImage> {
  const { signal, asRoot = process.getuid?.() === 0 } = options;
  const staging = join(root, `.morsel-${randomName()}`);
  unpackStep(staging, () => mkdirSync(staging, { mode: 0o777 }));
  const attributes = new AttributeSetter(asRoot, statSync(staging));
  unpackStep(staging, () => chmodSync(staging, 0o700));
  const contents = new StagedContents(staging, attributes);
  try {
    const { tree } = await applyLayers(image, contents, signal);
    const maker = new TreeMaker({ root, contents, attributes, signal });
    await maker.fill(tree.root);
    removeTree(staging);
    maker.finish(tree.root, '');
    const { files, contentBytes, skippedDevices, skippedXattrs, capabilities, setIds } = maker;
    return { root, files, contentBytes, skippedDevices, skippedXattrs, capabilities, setIds };
  } finally {
    contents.close();
  }
}
