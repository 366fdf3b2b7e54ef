import { MorselError } from '../core/errors.ts';
import {
  SEVERAL_IMAGES_HINT,
  INDEX_FILE,
  normaliseReference,
  formatPlatform,
  hostPlatform,
  matchesPlatform,
} from '../oci/index.ts';
import { Turns } from '../core/turns.ts';
import type { Platform } from '../oci/descriptor.ts';
import { dockerArchiveImages } from './docker-archive/docker-archive.ts';
import type { Image } from '../oci/image.ts';
import { openImageFiles } from './container/image-files.ts';

import { layoutImages } from './layout/layout-images.ts';

export interface OpenImageOptions {
  /** Which platform of an index; without it the machine's own, or the only one there is. */
  readonly platform?: Platform | undefined;
  /** Which name, where the archive or layout holds several images. */
  readonly reference?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One image of an OCI layout directory, an OCI archive, a docker-archive (`docker save`, old and new), or one of these
 * archives compressed with gzip or zstd. Close it when done.
 * Errors: NOT_FOUND, UNREADABLE, IMAGE_INVALID, TAR_INVALID, DIGEST_MISMATCH, LIMIT_EXCEEDED, UNSUPPORTED, DISK_FULL,
 * INTERRUPTED, and USAGE when several images match or none does.
 */
export async function openImage(path: string, options: OpenImageOptions = {}): Promise<Image> {
  const images = await openImages(path, options);
  try {
    const chosen = choose(images, path, options);
    for (const image of images) if (image !== chosen) image.close();
    return chosen;
  } catch (error) {
    for (const image of images) image.close();
    throw error;
  }
}

/** All images there, in their order; each to be closed. Errors: as `openImage`. */
export async function openImages(
  path: string,
  { signal }: Pick<OpenImageOptions, 'signal'> = {},
): Promise<readonly Image[]> {
  const turns = new Turns(signal, `${path} was opened`);
  const files = await openImageFiles(path, turns, signal);
  let users = 0;
  /** The container stays open until the last of its images is closed. */
  const release = (): void => {
    users -= 1;
    if (users === 0) files.close();
  };
  try {
    const index = files.open(INDEX_FILE);
    index?.close();
    const read = index === null ? dockerArchiveImages : layoutImages;
    const opened = await read(files, release, turns);
    users = opened.length;
    if (users === 0) {
      throw new MorselError('IMAGE_INVALID', `${path} holds no image`, {
        hint: 'look at its index.json, or write the image into it again',
      });
    }
    return opened;
  } catch (error) {
    files.close();
    throw error;
  }
}

function choose(images: readonly Image[], path: string, options: OpenImageOptions): Image {
  const named =
    options.reference === undefined ? images : images.filter((image) => isNamed(image, options.reference));
  if (named.length === 0) {
    const names = list(images.flatMap((image) => image.references));
    throw new MorselError('USAGE', `${path} holds no image named ${options.reference}`, {
      hint: names === '' ? 'leave the name out: its images have none' : `choose one of these: ${names}`,
    });
  }
  const wanted = options.platform ?? hostPlatform();
  const matching = named.filter((image) => matchesPlatform(wanted, image.config));
  const candidates = matching.length > 0 || options.platform !== undefined ? matching : named;
  // The same image under two names is one image.
  const digests = new Set(candidates.map((image) => image.manifestDescriptor.digest));
  if (digests.size === 1) return candidates[0] as Image;
  const described = list(
    named.map((image) => `${image.references[0] ?? 'unnamed'} (${formatPlatform(image.config)})`),
  );
  if (digests.size === 0) {
    throw new MorselError('USAGE', `${path} holds no image for ${formatPlatform(wanted)}`, {
      hint: `choose one of these: ${described}`,
    });
  }
  throw new MorselError('USAGE', `${path} holds several images: ${described}`, {
    hint: SEVERAL_IMAGES_HINT,
  });
}

function isNamed(image: Image, reference: string | undefined): boolean {
  if (reference === undefined) return true;
  if (image.references.includes(reference)) return true;
  try {
    return image.references.includes(normaliseReference(reference));
  } catch {
    return false;
  }
}

/** Names in one message; an archive may have thousands. */
const LISTED_LIMIT = 10;

function list(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  const more = distinct.length - LISTED_LIMIT;
  return [...distinct.slice(0, LISTED_LIMIT), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}
