import { MorselError } from '../core/errors.ts';
import { readTar } from '../tar/index.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Image } from '../oci/image.ts';
import type { ImageDestination } from './destination.ts';
import { MEDIA_TYPE } from '../oci/index.ts';
import { imageLayers, readLayer } from '../layers/index.ts';
import type { WrittenLayer } from '../layers/written-layer.ts';

/** Docker's names for what OCI calls otherwise: the manifest written here is OCI's. */
const OCI_MEDIA_TYPE: Readonly<Record<string, string>> = {
  [MEDIA_TYPE.dockerLayerTar]: MEDIA_TYPE.ociLayerTar,
  [MEDIA_TYPE.dockerLayerGzip]: MEDIA_TYPE.ociLayerGzip,
};

/**
 * Takes a layer of another image over, byte for byte, so that it is shared with that image wherever both are stored.
 * It is read once more for its sizes, and its diffId is checked. Errors: USAGE, DIGEST_MISMATCH, IMAGE_INVALID,
 * INTERRUPTED.
 */
export async function copyLayer(
  destination: ImageDestination,
  image: Image,
  layerIndex: number,
  signal?: AbortSignal,
): Promise<{ layer: WrittenLayer; contentBytes: number; files: number }> {
  const source = imageLayers(image)[layerIndex];
  if (source === undefined)
    throw new MorselError('USAGE', `${image.name} has no layer ${layerIndex}`, {
      hint: `count from 0: it has ${image.manifest.layers.length}`,
    });
  const { descriptor, diffId } = source;
  let contentBytes = 0;
  let files = 0;
  let tarBytes = 0;
  async function* counted(): AsyncGenerator<Buffer, void, undefined> {
    for await (const chunk of readLayer(image, descriptor, diffId, signal)) {
      tarBytes += chunk.length;
      yield chunk;
    }
  }
  for await (const { header } of readTar(counted())) {
    contentBytes += header.sizeBytes;
    files += header.kind === 'directory' ? 0 : 1;
  }
  await destination.writeBlob(image.openBlob(descriptor) as AsyncIterable<Buffer>);
  const copied: Descriptor = {
    mediaType: OCI_MEDIA_TYPE[descriptor.mediaType] ?? descriptor.mediaType,
    digest: descriptor.digest,
    size: descriptor.size,
  };
  return { layer: { descriptor: copied, diffId, tarBytes }, contentBytes, files };
}
