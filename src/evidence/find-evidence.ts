import * as v from 'valibot';
import { MorselError } from '../core/errors.ts';
import { readSmallFile } from '../core/read-small-file.ts';
import { type Digest, type Image, METADATA_LIMIT_BYTES, sha256Digest } from '../oci/index.ts';
import { besideImage, type Location, readReferrer } from '../places/index.ts';
import { EVIDENCE_MEDIA_TYPE } from './evidence.ts';

/** As much as shows which image a document speaks of. */
const document = v.looseObject({
  evidenceVersion: v.literal(1),
  image: v.looseObject({ digest: v.string() }),
});

/**
 * The digest of the evidence that is kept of an image: the file beside it, or its referrer where its container has one.
 * null where there is none, and where what is there cannot be read, is no evidence, or speaks of another image: an image
 * is judged without it. Error: INTERRUPTED.
 */
export async function findEvidence(
  location: Location,
  { manifestDescriptor: { digest }, config: platform }: Pick<Image, 'manifestDescriptor' | 'config'>,
  signal?: AbortSignal,
): Promise<Digest | null> {
  for (const path of [besideImage(location, 'evidence'), besideImage(location, 'evidence', platform)]) {
    const bytes = await keptBytes(location, path, digest, signal);
    if (bytes !== null && speaksOf(bytes, digest)) return sha256Digest(bytes);
  }
  return null;
}

async function keptBytes(
  location: Location,
  path: string,
  image: Digest,
  signal: AbortSignal | undefined,
): Promise<Buffer | null> {
  try {
    return (
      (await readReferrer(location, image, EVIDENCE_MEDIA_TYPE, signal)) ??
      readSmallFile(path, METADATA_LIMIT_BYTES)
    );
  } catch (error) {
    if (error instanceof MorselError && error.code !== 'INTERRUPTED') return null;
    throw error;
  }
}

function speaksOf(bytes: Buffer, image: Digest): boolean {
  try {
    const parsed = v.safeParse(document, JSON.parse(bytes.toString('utf8')));
    return parsed.success && parsed.output.image.digest === image;
  } catch {
    return false; // not JSON
  }
}
