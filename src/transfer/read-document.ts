import type { Digest } from '../oci/index.ts';
import { withSource } from './with-source.ts';
import { openContent, openImage, type OpenImageOptions } from '../places/index.ts';

/** The digest of an image, or of its index unless a platform is asked for. Errors: as `openImage`. */
export async function readDigest(place: string, options: OpenImageOptions): Promise<Digest> {
  return withSource(place, options, async (location) => {
    const source = await openContent(location, options);
    source.close();
    return source.root.digest;
  });
}

/** The bytes of an image's manifest, or of its index unless a platform is asked for. Errors: as `openImage`. */
export async function readManifest(place: string, options: OpenImageOptions): Promise<Buffer> {
  return withSource(place, options, async (location) => {
    const source = await openContent(location, options);
    try {
      return await source.document(source.root);
    } finally {
      source.close();
    }
  });
}

/** The bytes of an image's config. Errors: as `openImage`. */
export async function readConfig(place: string, options: OpenImageOptions): Promise<Buffer> {
  return withSource(place, options, async (location) => {
    const image = await openImage(location, options);
    image.close();
    return image.configBytes;
  });
}
