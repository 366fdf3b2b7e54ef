import { MorselError } from '../core/errors.ts';
import { Turns } from '../core/turns.ts';
import { readTar, TAR_MEMBERS_LIMIT, type TarHeader } from '../tar/index.ts';
import type { Image } from './image.ts';
import { LayeredTree } from './layered-tree.ts';
import { imageLayers, readLayer } from './read-layer.ts';
import { UnpackBudget } from './unpack-budget.ts';

/** Takes the contents of files, in the order in which the layers have them. */
export interface ContentStore {
  /** Stores a file's bytes, of which there are some; the answer finds them again. */
  add(header: TarHeader, content: AsyncIterable<Buffer>): Promise<number>;
}

/** Of whatever has no bytes. */
export const NO_CONTENT = -1;

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
  let members = 0;
  for await (const layer of meteredLayers(image, signal)) {
    tree.startLayer();
    for await (const { header, content } of readTar(layer)) {
      members += 1;
      if (members > TAR_MEMBERS_LIMIT) throw tooManyMembers(image);
      const hasContent = header.kind === 'file' && header.sizeBytes > 0 && !LayeredTree.isMarker(header);
      tree.apply(header, hasContent ? await store.add(header, content) : NO_CONTENT);
    }
  }
  return tree;
}

/** The layers' tars, lowest first, as far as the budget of the whole image goes. */
async function* meteredLayers(
  image: Image,
  signal: AbortSignal | undefined,
): AsyncGenerator<AsyncIterable<Buffer>, void, undefined> {
  const budget = new UnpackBudget(image.name);
  const turns = new Turns(signal, `reading ${image.name}`);
  const counted = new Set<string>();
  for (const { descriptor, diffId } of imageLayers(image)) {
    // A layer that is there twice is stored once.
    if (!counted.has(descriptor.digest)) budget.addStored(descriptor.size);
    counted.add(descriptor.digest);
    const layer = readLayer(image, descriptor, diffId, signal);
    yield (async function* () {
      for await (const chunk of layer) {
        budget.addUnpacked(chunk.length);
        await turns.take();
        yield chunk;
      }
    })();
  }
}

function tooManyMembers({ name }: Image): MorselError {
  return new MorselError(
    'LIMIT_EXCEEDED',
    `${name} has layers of more than ${TAR_MEMBERS_LIMIT} members in all`,
    {
      hint: 'put fewer files into the image, or make its layers one',
    },
  );
}
