import { type ImageTree, imageTree } from '../layers/index.ts';
import type { ImageConfig } from '../oci/index.ts';
import { directoryTree, type WalkableTree } from '../rootfs/index.ts';
import type { ImageLocation, TreeLocation } from './location.ts';
import { openImage } from './open-image.ts';

/** The files of a root or an image, to be read only. Close it when done. */
export interface OpenTree {
  readonly tree: WalkableTree;
  /** null for a root: it does not say what would be started. */
  readonly config: ImageConfig | null;
  /** The image that was chosen, by its name where it has one; null for a root. */
  readonly image: ImageLocation | null;
  close(): void;
}

/** Errors: of a root NOT_FOUND and UNREADABLE; of an image those of `openImage` and `imageTree`. */
export async function openTree(location: TreeLocation, signal?: AbortSignal): Promise<OpenTree> {
  if (location.kind === 'root')
    return { tree: directoryTree(location.path), config: null, image: null, close: () => {} };
  const image = await openImage(location, { signal });
  try {
    const tree: ImageTree = await imageTree(image, signal);
    const name = location.name ?? image.references[0];
    return { tree, config: image.config, image: { ...location, name }, close: () => tree.close() };
  } finally {
    // The tree keeps the contents in a file of its own.
    image.close();
  }
}
