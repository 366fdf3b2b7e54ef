import type { Descriptor } from './descriptor.ts';
import { sha256Digest } from './digest.ts';
import type { Manifest } from './manifest.ts';
import { MEDIA_TYPE } from './media-types.ts';

/** image-spec manifest.md, "Guidance for an Empty Descriptor": the config of what is no image. */
export const EMPTY_JSON = Buffer.from('{}');

/** The manifest of a document that refers to an image: one layer, and the image as `subject`. */
export function encodeReferrer(artifactType: string, content: Descriptor, subject: Descriptor): Buffer {
  const { mediaType, digest, size } = subject;
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.ociManifest,
      artifactType,
      config: { mediaType: MEDIA_TYPE.empty, digest: sha256Digest(EMPTY_JSON), size: EMPTY_JSON.length },
      layers: [content],
      subject: { mediaType, digest, size },
    }),
  );
}

/** Something else than an image in the form of one: a signature, evidence, a chart. */
export function isArtifact({ artifactType, config }: Manifest): boolean {
  return artifactType !== undefined || config.mediaType === MEDIA_TYPE.empty;
}
