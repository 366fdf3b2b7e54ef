import type { Descriptor, Platform } from '../oci/descriptor.ts';
import type { ImageConfig } from '../oci/config.ts';
import type { Image } from '../oci/image.ts';
import type { BlobContent, Destination } from './destination.ts';

export interface CopyOptions {
  /** What the image is called there, normalised. Default: as at its source. */
  readonly references?: readonly string[] | undefined;
}

/**
 * Copies one image, byte for byte, so that its digest stays: the only way from one place to another. What the
 * destination has already is not read. On any error the destination is as before. Errors: those of reading the image
 * and of writing there.
 */
export async function copyImage(
  source: Image,
  destination: Destination,
  { references = source.references }: CopyOptions = {},
): Promise<void> {
  const { config, layers } = source.manifest;
  try {
    for (const descriptor of [...layers, config]) await copyBlob(source, descriptor, destination);
    const manifest = await destination.writeManifest(
      source.manifestBytes,
      source.manifestDescriptor.mediaType,
    );
    await destination.commit({ manifest, config, layers, platform: platformOf(source.config), references });
  } catch (error) {
    destination.abort();
    throw error;
  }
}

/** Unless it is there. */
export async function copyBlob(
  source: Image,
  descriptor: Descriptor,
  destination: Destination,
): Promise<void> {
  if (await destination.has(descriptor)) return;
  await destination.writeBlob(source.openBlob(descriptor) as BlobContent, descriptor);
}

function platformOf({ os, architecture, variant }: ImageConfig): Platform {
  return { os, architecture, ...(variant !== undefined && { variant }) };
}
