import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Platform } from '../../oci/descriptor.ts';
import { blobPath } from '../../oci/index.ts';
import { layoutDestination } from './layout-destination.ts';
import type { WrittenImage } from '../write-request.ts';

/**
 * Adds an image that was written as a layout of its own to the layout in `directory` (which may be empty or absent):
 * other images there stay, one of the same name and platform is replaced in the index. Errors: WRITE_FAILED (also for
 * a directory that holds something else), DISK_FULL, IMAGE_INVALID, INTERRUPTED; after any, `directory` is as before.
 */
export async function addToLayout(
  image: WrittenImage,
  directory: string,
  options: { readonly platform: Platform; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const destination = layoutDestination(directory, options.signal);
  try {
    const layers = image.layers.map((layer) => layer.descriptor);
    for (const { digest } of [...layers, image.config, image.manifest])
      await destination.writeBlob(createReadStream(join(image.path, blobPath(digest))));
    await destination.commit({
      manifest: image.manifest,
      references: image.references,
      configDigest: image.configDigest,
      layerDigests: layers.map(({ digest }) => digest),
      platform: options.platform,
    });
  } catch (error) {
    destination.abort();
    throw error;
  }
}
