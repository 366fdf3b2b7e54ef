import { MorselError } from '../core/errors.ts';
import { readTar, TAR_MEMBERS_LIMIT, type TarHeader } from '../tar/index.ts';
import type { Image } from '../oci/image.ts';
import { LayeredTree } from './layered-tree.ts';
import { imageLayers, readLayer } from './read-layer.ts';
import { UnpackBudget } from './unpack-budget.ts';

/** Takes the contents of files, in the order in which the layers have them. */
export interface ContentStore {
  /** Stores a file's bytes, of which there are some; the answer finds them again. */
  add(header: TarHeader, content: AsyncIterable<Buffer>): Promise<number>;
}

/** Of whatever has no bytes. */
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
  let members = 0;
  for (const { descriptor, diffId } of imageLayers(image)) {
    tree.startLayer();
    for await (const { header, content } of readTar(readLayer(image, descriptor, diffId, signal, budget))) {
      members += 1;
      if (members > TAR_MEMBERS_LIMIT) throw tooManyMembers(image);
      const hasContent = header.kind === 'file' && header.sizeBytes > 0 && !LayeredTree.isMarker(header);
      tree.apply(header, hasContent ? await store.add(header, content) : NO_CONTENT);
    }
  }
  return tree;
}

function tooManyMembers({ name }: Image): MorselError {
  return new MorselError(
    'LIMIT_EXCEEDED',
    `${name}: its layers have more than ${TAR_MEMBERS_LIMIT} members`,
    {
      hint: 'put fewer files into the image, or make its layers one',
    },
  );
}
