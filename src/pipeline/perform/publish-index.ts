import { existsSync } from 'node:fs';
import { writeFileAtomically } from '../../core/write-file-atomically.ts';
import { EVIDENCE_MEDIA_TYPE } from '../../evidence/index.ts';
import type { Descriptor, Image, Platform } from '../../oci/index.ts';
import {
  attachReferrer,
  contentOfIndex,
  copyContent,
  openDestination,
  openImage,
  type WritableLocation,
  type WrittenImage,
} from '../../places/index.ts';
import type { Staging } from './staging.ts';

// In a file of its own, so that a build for one platform does not load it.

/** The image of one platform, as a layout of its own in the staging folder. */
export interface PlatformOutput {
  readonly platform: Platform;
  readonly written: WrittenImage;
  /** What is kept of why it is as it is, and where in the place of a referrer; null: nothing. */
  readonly evidence: { readonly bytes: Buffer; readonly path: string | null } | null;
}

interface IndexRequest {
  readonly output: WritableLocation;
  /** Of the index; its images have none of their own. */
  readonly references: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/**
 * Puts one index of these images at its place, and their evidence beside it, as of one image: all is written aside before
 * the first of it is renamed, and a layout that is there keeps its other images. Errors: those of reading and writing.
 */
export async function publishIndex(
  request: IndexRequest,
  outputs: readonly PlatformOutput[],
  staging: Staging,
): Promise<Descriptor> {
  const { output } = request;
  if (output.kind === 'archive') {
    const aside = staging.path('index.tar');
    const index = await writeIndex({ ...request, output: { kind: 'archive', path: aside } }, outputs);
    const beside = outputs.flatMap(({ evidence }) => {
      if (evidence === null || evidence.path === null) return [];
      const staged = staging.path(`${evidence.path.slice(evidence.path.lastIndexOf('/') + 1)}`);
      writeFileAtomically(staged, evidence.bytes);
      return [[staged, evidence.path] as const];
    });
    staging.publish(aside, output.path);
    for (const [staged, path] of beside) staging.publish(staged, path);
    return index;
  }
  const isThere = existsSync(output.path);
  const path = isThere ? output.path : staging.path('index');
  const index = await writeIndex({ ...request, output: { kind: 'layout', path } }, outputs);
  for (const { written, evidence } of outputs)
    if (evidence !== null)
      await attachReferrer(path, written.manifest, EVIDENCE_MEDIA_TYPE, evidence.bytes, request.signal);
  if (!isThere) staging.publish(path, output.path);
  return index;
}

async function writeIndex(
  { output, references, signal }: IndexRequest,
  outputs: readonly PlatformOutput[],
): Promise<Descriptor> {
  const images: { platform: Platform; image: Image }[] = [];
  try {
    for (const { platform, written } of outputs)
      images.push({
        platform,
        image: await openImage({ kind: 'layout', path: written.path }, { signal, platform }),
      });
    const destination = await openDestination(output, signal);
    return await copyContent(contentOfIndex(images, references), destination);
  } finally {
    for (const { image } of images) image.close();
  }
}
