import { type AppliedLayer, type ImageTree, imageTree } from '../layers/index.ts';
import { type Digest, type ImageConfig, sha256Digest } from '../oci/index.ts';
import { directoryTree, type WalkableTree } from '../rootfs/index.ts';
import { hasPath, type ImageLocation, type TreeLocation } from './location.ts';
import { openImage, type OpenImageOptions } from './open-image.ts';

/** The files of a root or an image, to be read only. Close it when done. */
export interface OpenTree {
  readonly tree: WalkableTree;
  /** null for a root: it does not say what would be started. */
  readonly config: ImageConfig | null;
  /** The image that was chosen, by its name where it has one; null for a root. */
  readonly image: ImageLocation | null;
  /** What it is made of; null for a root. */
  readonly made: MadeImage | null;
  close(): void;
}

export interface MadeImage {
  /** Of its manifest: what `NAME@sha256:…` names. */
  readonly digest: Digest;
  /** Its names where it lies. */
  readonly references: readonly string[];
  /** The lowest first. */
  readonly layers: readonly AppliedLayer[];
}

/** Errors: of a root NOT_FOUND and UNREADABLE; of an image those of `openImage` and `imageTree`. */
export async function openTree(
  location: TreeLocation,
  options: Pick<OpenImageOptions, 'signal' | 'platform'> = {},
): Promise<OpenTree> {
  if (location.kind === 'root')
    return { tree: directoryTree(location.path), config: null, image: null, made: null, close: () => {} };
  const image = await openImage(location, options);
  try {
    const tree: ImageTree = await imageTree(image, options.signal);
    const named = hasPath(location) ? { ...location, name: location.name ?? image.references[0] } : location;
    const digest = sha256Digest(image.manifestBytes);
    const made = { digest, references: image.references, layers: tree.layers };
    return { tree, config: image.config, image: named, made, close: () => tree.close() };
  } finally {
    // The tree keeps the contents in a file of its own.
    image.close();
  }
}
