import { createHash } from 'node:crypto';
import { MorselError } from '../core/errors.ts';
import { DAMAGED_IMAGE_HINT } from '../oci/index.ts';
import { Turns } from '../core/turns.ts';
import { decompress } from './decompress.ts';
import type { Descriptor, DiffId } from '../oci/descriptor.ts';
import type { Image } from '../oci/image.ts';
import { UnpackBudget } from './unpack-budget.ts';

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
      { hint: 'give an image of a container: this is a damaged one, or an artifact, a chart or a signature' },
    );
  }
  return layers.map((descriptor, index) => ({ descriptor, diffId: diffIds[index] as DiffId }));
}

/**
 * A layer's uncompressed tar. Both hashes are checked as it goes by; the error comes at the end, so whatever is made
 * from the bytes must be thrown away on failure. Who reads several layers of an image gives one budget to all.
 * Errors: DIGEST_MISMATCH, IMAGE_INVALID, LIMIT_EXCEEDED, UNSUPPORTED, INTERRUPTED.
 */
export async function* readLayer(
  image: Image,
  descriptor: Descriptor,
  diffId: DiffId,
  signal?: AbortSignal,
  budget = new UnpackBudget(image.name),
): AsyncGenerator<Buffer, void, undefined> {
  const where = `${image.name}: layer ${descriptor.digest}`;
  refuseEncrypted(descriptor, where);
  budget.addStored(descriptor.digest, descriptor.size);
  const turns = new Turns(signal, `${image.name} was read`);
  const hash = createHash('sha256');
  for await (const chunk of decompress(image.openBlob(descriptor) as AsyncIterable<Buffer>, where, turns)) {
    await turns.take();
    budget.addUnpacked(chunk.length);
    hash.update(chunk);
    yield chunk;
  }
  const found = `sha256:${hash.digest('hex')}`;
  if (found !== diffId) {
    throw new MorselError(
      'DIGEST_MISMATCH',
      `${where}: its tar has the digest ${found}, the config says ${diffId}`,
      {
        hint: DAMAGED_IMAGE_HINT,
        details: { diffId, found },
      },
    );
  }
}

/** ocicrypt's media types end so; the bytes would be taken for a damaged tar. */
function refuseEncrypted({ mediaType }: Descriptor, where: string): void {
  if (!mediaType.endsWith('+encrypted')) return;
  throw new MorselError('UNSUPPORTED', `${where} is encrypted`, {
    hint: 'decrypt it first, with skopeo copy --decryption-key KEY',
  });
}
