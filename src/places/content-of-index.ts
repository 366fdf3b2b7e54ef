import type { Readable } from 'node:stream';
import type { Descriptor, Platform } from '../oci/descriptor.ts';
import { type Image, MEDIA_TYPE, sha256Digest } from '../oci/index.ts';
import { encodeIndex } from './container/index-json.ts';
import type { ContentSource } from './content-source.ts';
import { contentOfImage } from './open-content.ts';

/** One image of an index that is to be made. */
export interface PlatformImage {
  readonly platform: Platform;
  /** Open, and open until the index was copied. */
  readonly image: Image;
}

/**
 * An index of images that are open already, in their order, as content to be copied: its bytes depend on nothing but their
 * manifests and platforms (image-spec, image-index.md).
 */
export function contentOfIndex(
  images: readonly PlatformImage[],
  references: readonly string[],
): ContentSource {
  const manifests = images.map(({ image, platform }) => {
    const { mediaType, digest, size } = image.manifestDescriptor;
    return { mediaType, digest, size, platform };
  });
  const bytes = encodeIndex(manifests);
  const root = { mediaType: MEDIA_TYPE.ociIndex, digest: sha256Digest(bytes), size: bytes.length };
  const contents = images.map(({ image }) => ({ image, content: contentOfImage(image) }));
  const ownerOf = (descriptor: Descriptor): ContentSource => {
    const owner = contents.find(({ image }) => names(image, descriptor));
    if (owner === undefined) throw new Error(`no image of the index names ${descriptor.digest}`);
    return owner.content;
  };
  return {
    name: references[0] ?? 'the index',
    root,
    references,
    document: async (descriptor) =>
      descriptor.digest === root.digest ? bytes : ownerOf(descriptor).document(descriptor),
    openBlob: (descriptor): Readable => ownerOf(descriptor).openBlob(descriptor),
    referrers: async () => [],
    close: () => {},
  };
}

function names({ manifestDescriptor, manifest }: Image, { digest }: Descriptor): boolean {
  return [manifestDescriptor, manifest.config, ...manifest.layers].some((one) => one.digest === digest);
}
