import { EVIDENCE_MEDIA_TYPE } from '../../evidence/index.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import {
  attachReferrer,
  copyImage,
  openDestination,
  withImage,
  type WrittenImage,
} from '../../places/index.ts';

// In a file of its own, so that a build that writes an archive does not load the readers of layouts.

/**
 * Adds an image that was written as a layout of its own to the layout in `directory`: other images there stay, one of the
 * same name and platform is replaced in the index. Errors: those of `copyImage`; after any, `directory` is as before.
 */
export async function publishIntoLayout(
  { path, references, manifest }: WrittenImage,
  directory: string,
  evidence: Buffer | null,
  signal: AbortSignal | undefined,
): Promise<void> {
  const destination = await openDestination({ kind: 'layout', path: directory }, signal);
  await withImage({ kind: 'layout', path }, { signal }, (image) =>
    copyImage(image, destination, { references }),
  );
  await attachEvidence(directory, manifest, evidence, signal);
}

/** As a referrer of the image: its digest stays, and whoever copies it may leave the evidence. */
export async function attachEvidence(
  directory: string,
  manifest: Descriptor,
  evidence: Buffer | null,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (evidence !== null) await attachReferrer(directory, manifest, EVIDENCE_MEDIA_TYPE, evidence, signal);
}
