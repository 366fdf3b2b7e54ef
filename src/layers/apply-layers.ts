import { MorselError } from '../core/errors.ts';
import { readTar, TAR_MEMBERS_LIMIT, type TarHeader } from '../tar/index.ts';
import type { Descriptor, DiffId } from '../oci/descriptor.ts';
import type { Image } from '../oci/image.ts';
import { LayeredTree } from './layered-tree.ts';
import { imageLayers, readLayer } from './read-layer.ts';
import { UnpackBudget } from './unpack-budget.ts';

/** Takes the contents of files, in the order in which the layers have them. */
export interface ContentStore {
  /** Stores a file's bytes, of which there are some; the answer finds them again. */
  add(header: TarHeader, content: AsyncIterable<Buffer>): Promise<number>;
}

/** A layer, as it was read. */
export interface AppliedLayer {
  readonly descriptor: Descriptor;
  readonly diffId: DiffId;
  /** Of its tar, bytes. */
  readonly uncompressedBytes: number;
  /** Regular files that it brings, hard links among them. */
  readonly files: number;
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
): Promise<{ readonly tree: LayeredTree; readonly layers: readonly AppliedLayer[] }> {
  const tree = new LayeredTree(image.name);
  const budget = new UnpackBudget(image.name);
  const layers: AppliedLayer[] = [];
  let members = 0;
  for (const { descriptor, diffId } of imageLayers(image)) {
    tree.startLayer();
    let files = 0;
    const bytes = new CountedBytes(readLayer(image, descriptor, diffId, signal, budget));
    for await (const { header, content } of readTar(bytes.read())) {
      members += 1;
      if (members > TAR_MEMBERS_LIMIT) throw tooManyMembers(image);
      const isFile = (header.kind === 'file' || header.kind === 'hardlink') && !LayeredTree.isMarker(header);
      if (isFile) files += 1;
      const hasContent = header.kind === 'file' && header.sizeBytes > 0 && isFile;
      tree.apply(header, hasContent ? await store.add(header, content) : NO_CONTENT);
    }
    layers.push({ descriptor, diffId, uncompressedBytes: bytes.count, files });
  }
  return { tree, layers };
}

/** What went by. */
class CountedBytes {
  count = 0;
  readonly #source: AsyncIterable<Buffer>;

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source;
  }

  async *read(): AsyncGenerator<Buffer, void, undefined> {
    for await (const chunk of this.#source) {
      this.count += chunk.length;
      yield chunk;
    }
  }
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
