import type { Digest } from '../oci/index.ts';
import { imageLocation } from './image-location.ts';
import { openContent, openImage, type OpenImageOptions } from '../places/index.ts';

/** The digest of an image, or of its index unless a platform is asked for. Errors: as `openImage`. */
export async function readDigest(place: string, options: OpenImageOptions): Promise<Digest> {
  const source = await openContent(imageLocation(place), options);
  source.close();
  return source.root.digest;
}

/** The bytes of an image's manifest, or of its index unless a platform is asked for. Errors: as `openImage`. */
export async function readManifest(place: string, options: OpenImageOptions): Promise<Buffer> {
  const source = await openContent(imageLocation(place), options);
  try {
    return await source.document(source.root);
  } finally {
    source.close();
  }
}

/** The bytes of an image's config. Errors: as `openImage`. */
export async function readConfig(place: string, options: OpenImageOptions): Promise<Buffer> {
  const image = await openImage(imageLocation(place), options);
  image.close();
  return image.configBytes;
}
