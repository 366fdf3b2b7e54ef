import type { Descriptor } from '../../oci/descriptor.ts';
import type { FinishedImage } from '../destination.ts';
import { qualifiedReference, MEDIA_TYPE } from '../../oci/index.ts';

/** `index.json` names an image by this annotation (image-spec/annotations.md). */
export const REF_NAME = 'org.opencontainers.image.ref.name';
/** containerd, and Docker with containerd's store, take the full name from here. */
const CONTAINERD_NAME = 'io.containerd.image.name';

/** The entries of `index.json` for one image: one for each name, or a nameless one. */
export function indexDescriptors(image: FinishedImage): Descriptor[] {
  const base = { ...image.manifest, ...(image.platform !== null && { platform: image.platform }) };
  if (image.references.length === 0) return [base];
  return image.references.map((reference) => ({
    ...base,
    annotations: {
      [CONTAINERD_NAME]: qualifiedReference(reference),
      // podman and skopeo name the image by this, so it is the full name, not the tag alone.
      [REF_NAME]: reference,
    },
  }));
}

export function encodeIndex(manifests: readonly Descriptor[]): Buffer {
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests }));
}
