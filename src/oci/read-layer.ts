import { createHash } from 'node:crypto';
import { MorselError } from '../core/errors.ts';
import { decompress } from './decompress.ts';
import type { Descriptor, DiffId } from './descriptor.ts';
import type { Image } from './image.ts';

/** Of one layer's uncompressed tar: beyond any real image, below what a bomb would need to fill a disk for long. */
export const LAYER_LIMIT_BYTES = 64 * 1024 ** 3;

/** Lowest first: each layer's descriptor with its diffId. Errors: IMAGE_INVALID when manifest and config disagree. */
export function imageLayers(
  image: Image,
): readonly { readonly descriptor: Descriptor; readonly diffId: DiffId }[] {
  const { layers } = image.manifest;
  const diffIds = image.config.rootfs.diff_ids;
  if (layers.length !== diffIds.length) {
    throw new MorselError(
      'IMAGE_INVALID',
      `${image.name}: the manifest has ${layers.length} layers, the config ${diffIds.length}`,
    );
  }
  return layers.map((descriptor, index) => ({ descriptor, diffId: diffIds[index] as DiffId }));
}

/**
 * A layer's uncompressed tar. Both hashes are checked as it goes by; the error comes at the end, so whatever is made
 * from the bytes must be thrown away on failure. Errors: DIGEST_MISMATCH, IMAGE_INVALID, LIMIT_EXCEEDED.
 */
export async function* readLayer(
  image: Image,
  descriptor: Descriptor,
  diffId: DiffId,
  signal?: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  const where = `${image.name}: layer ${descriptor.digest}`;
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of decompress(image.openBlob(descriptor) as AsyncIterable<Buffer>, where)) {
    if (signal?.aborted === true)
      throw new MorselError('INTERRUPTED', `interrupted while ${image.name} was read`);
    sizeBytes += chunk.length;
    if (sizeBytes > LAYER_LIMIT_BYTES) {
      throw new MorselError('LIMIT_EXCEEDED', `${where} unpacks to more than ${LAYER_LIMIT_BYTES} bytes`);
    }
    hash.update(chunk);
    yield chunk;
  }
  const found = `sha256:${hash.digest('hex')}`;
  if (found !== diffId) {
    throw new MorselError(
      'DIGEST_MISMATCH',
      `${where}: its tar has the digest ${found}, the config says ${diffId}`,
      {
        hint: 'the image is damaged: copy or build it again',
        details: { diffId, found },
      },
    );
  }
}
