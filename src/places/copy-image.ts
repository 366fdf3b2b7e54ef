import type { Descriptor } from '../oci/descriptor.ts';
import type { Image } from '../oci/image.ts';
import { copyContent, type CopyContentOptions } from './copy-content.ts';
import type { BlobContent, Destination } from './destination.ts';
import { contentOfImage } from './open-content.ts';

export type CopyOptions = CopyContentOptions;

/** One image that is open, by `copyContent`. Errors: the same. */
export async function copyImage(
  source: Image,
  destination: Destination,
  options: CopyOptions = {},
): Promise<void> {
  await copyContent(contentOfImage(source), destination, options);
}

/** Unless it is there. */
export async function copyBlob(
  source: Image,
  descriptor: Descriptor,
  destination: Destination,
): Promise<void> {
  if (await destination.has(descriptor)) return;
  await destination.writeBlob(() => source.openBlob(descriptor) as BlobContent, descriptor);
}
