import { formatCommand } from '../core/command.ts';
import { MorselError } from '../core/errors.ts';
import {
  formatPlatform,
  hostPlatform,
  type Image,
  matchesPlatform,
  normaliseReference,
  type Platform,
} from '../oci/index.ts';
import { formatLocation, isImageName, type PathLocation } from './location.ts';

/**
 * The image that a location names: by one of its names (`:latest` may be left out) or the digest of its manifest, and by
 * platform; without it the machine's own, or the only one there is. Error: USAGE when several match or none does, with
 * a command line that says which.
 */
export function chooseImage(
  images: readonly Image[],
  location: PathLocation,
  platform: Platform | undefined,
): Image {
  const named = imagesNamed(images, location);
  const wanted = platform ?? hostPlatform();
  const matching = named.filter((image) => matchesPlatform(wanted, image.config));
  const candidates = matching.length > 0 || platform !== undefined ? matching : named;
  // The same image under two names is one image.
  const digests = new Set(candidates.map((image) => image.manifestDescriptor.digest));
  if (digests.size === 1) return candidates[0] as Image;
  const described = list(named.map((image) => `${nameOf(image)} (${formatPlatform(image.config)})`));
  if (digests.size === 0) {
    throw new MorselError('USAGE', `${location.path} holds no image for ${formatPlatform(wanted)}`, {
      hint: `choose one of these: ${described}`,
    });
  }
  throw new MorselError('USAGE', `${location.path} holds several images: ${described}`, {
    hint: `choose one, as in: ${choosing(location, candidates[0] as Image, candidates)}`,
  });
}

function imagesNamed(images: readonly Image[], location: PathLocation): readonly Image[] {
  const name = 'name' in location ? location.name : undefined;
  if (name === undefined) return images;
  const named = images.filter((image) => isNamed(image, name));
  if (named.length > 0) return named;
  throw new MorselError('USAGE', `${location.path} holds no image named ${name}`, {
    hint: `choose one of these: ${list(images.map(nameOf))}; as in: ${choosing(location, images[0] as Image, images)}`,
  });
}

function isNamed({ references, manifestDescriptor }: Image, name: string): boolean {
  if (references.includes(name) || manifestDescriptor.digest === name) return true;
  try {
    return references.includes(normaliseReference(name));
  } catch {
    return false;
  }
}

/** The command line that means `image` and no other of `images`. */
function choosing(location: PathLocation, image: Image, images: readonly Image[]): string {
  const others = images.filter(
    ({ manifestDescriptor }) => manifestDescriptor.digest !== image.manifestDescriptor.digest,
  );
  // An index may call its images anything; what no command line takes is chosen by its digest.
  const name = image.references.find(
    (reference) => isImageName(reference) && !others.some((other) => isNamed(other, reference)),
  );
  const chosen = { ...location, name: name ?? image.manifestDescriptor.digest } as PathLocation;
  return formatCommand({ program: 'morsel', args: ['run', formatLocation(chosen)], purpose: 'run it' });
}

function nameOf({ references, manifestDescriptor }: Image): string {
  return references[0] ?? manifestDescriptor.digest;
}

/** Names in one message; an archive may have thousands. */
const LISTED_LIMIT = 10;

function list(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  const more = distinct.length - LISTED_LIMIT;
  return [...distinct.slice(0, LISTED_LIMIT), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}
