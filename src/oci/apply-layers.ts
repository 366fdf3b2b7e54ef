import { readTar, type TarHeader } from '../tar/index.ts';
import type { Image } from './image.ts';
import { LayeredTree } from './layered-tree.ts';
import { imageLayers, readLayer } from './read-layer.ts';
import { UnpackBudget } from './unpack-budget.ts';

/** Takes the contents of files, in the order in which the layers have them. */
export interface ContentStore {
  /** Stores a file's bytes; the answer finds them again. */
  add(header: TarHeader, content: AsyncIterable<Buffer>): Promise<number>;
}

const NO_CONTENT = -1;

/**
 * Applies all layers of an image, every digest and diffId checked on the way.
 * Errors: DIGEST_MISMATCH, IMAGE_INVALID, TAR_INVALID, LIMIT_EXCEEDED, UNSUPPORTED, INTERRUPTED.
 */
export async function applyLayers(
  image: Image,
  store: ContentStore,
  signal?: AbortSignal,
): Promise<LayeredTree> {
  const tree = new LayeredTree(image.name);
  const budget = new UnpackBudget(image.name);
  for (const { descriptor, diffId } of imageLayers(image)) {
    tree.startLayer();
    for await (const { header, content } of readTar(readLayer(image, descriptor, diffId, signal, budget))) {
      const hasContent = header.kind === 'file' && !LayeredTree.isMarker(header);
      tree.apply(header, hasContent ? await store.add(header, content) : NO_CONTENT);
    }
  }
  return tree;
}
