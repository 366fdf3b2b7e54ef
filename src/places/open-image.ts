import { MorselError } from '../core/errors.ts';
import { Turns } from '../core/turns.ts';
import { type Image, INDEX_FILE, type Platform } from '../oci/index.ts';
import { chooseImage } from './choose-image.ts';
import { openImageFiles } from './container/image-files.ts';
import { dockerArchiveImages } from './docker-archive/docker-archive.ts';
import { layoutImages } from './layout/layout-images.ts';
import { hasPath, type Location, type PathLocation } from './location.ts';
import { parseLocation } from './parse-location.ts';

export interface OpenImageOptions {
  /** Which platform of an index; without it the machine's own, or the only one there is. */
  readonly platform?: Platform | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Of a registry: take plain http, and certificates that nobody vouches for. */
  readonly insecure?: boolean | undefined;
}

/**
 * One image of an OCI layout directory, an OCI archive, a docker-archive (`docker save`, old and new), or one of these
 * archives compressed with gzip or zstd, of a registry, an engine or stdin; `place` is a location or its text. Close it when done, or use `withImage`.
 * Errors: NOT_FOUND, UNREADABLE, IMAGE_INVALID, TAR_INVALID, DIGEST_MISMATCH, LIMIT_EXCEEDED, UNSUPPORTED, DISK_FULL,
 * INTERRUPTED, REGISTRY, NETWORK, ENGINE_FAILED, TOOLCHAIN_MISSING, and USAGE when several images match or none does.
 */
export async function openImage(place: Location | string, options: OpenImageOptions = {}): Promise<Image> {
  const location = locationOf(place);
  if (location.kind === 'registry') {
    const { openRegistryImage } = await import('./registry/registry-image.ts');
    return openRegistryImage(location, options);
  }
  if (!hasPath(location)) {
    const { openFetchedImage } = await import('./fetched/open-fetched.ts');
    return openFetchedImage(location, options);
  }
  const images = await openImages(location, options);
  try {
    const chosen = chooseImage(images, location, options.platform);
    for (const image of images) if (image !== chosen) image.close();
    return chosen;
  } catch (error) {
    for (const image of images) image.close();
    throw error;
  }
}

/** The same image for as long as `use` takes. Errors: as `openImage`, and those of `use`. */
export async function withImage<T>(
  place: Location | string,
  options: OpenImageOptions,
  use: (image: Image) => Promise<T> | T,
): Promise<T> {
  const image = await openImage(place, options);
  try {
    return await use(image);
  } finally {
    image.close();
  }
}

const INDEX = 'its index.json, where it has one';
const MANIFEST = 'its manifest.json';
/** By which document the images of a container are found. A kind of location does not compile before it is here. */
const READ_BY: Readonly<Record<PathLocation['kind'], typeof INDEX | typeof MANIFEST>> = {
  archive: INDEX,
  layout: INDEX,
  'docker-archive': MANIFEST,
  // No containers, as it seems: their bytes decide.
  root: INDEX,
  file: INDEX,
};

/**
 * All images there, whatever their names, in their order; each to be closed. What is no container of images is read as
 * one: its bytes decide, not their first look, and what is wrong with them is the answer. Errors: as `openImage`.
 */
export async function openImages(
  place: Location | string,
  { signal }: Pick<OpenImageOptions, 'signal'> = {},
): Promise<readonly Image[]> {
  const location = locationOf(place);
  if (!hasPath(location)) return [await openImage(location, { signal })];
  const { path, kind } = location;
  const turns = new Turns(signal, `${path} was opened`);
  const files = await openImageFiles(path, turns, signal);
  let users = 0;
  /** The container stays open until the last of its images is closed. */
  const release = (): void => {
    users -= 1;
    if (users === 0) files.close();
  };
  try {
    const index = READ_BY[kind] === MANIFEST ? null : files.open(INDEX_FILE);
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

function locationOf(place: Location | string): Location {
  return typeof place === 'string' ? parseLocation(place) : place;
}
