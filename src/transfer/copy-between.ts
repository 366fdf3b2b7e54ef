import { MorselError } from '../core/errors.ts';
import { join } from 'node:path';
import { makeTemporaryFolder, removeTemporaryFolder } from '../core/temporary-folder.ts';
import type { Digest, Platform } from '../oci/index.ts';
import { formatRegistryReference } from '../registry/index.ts';
import { type DestinationPlace, type EnginePlace, parseDestination } from './parse-destination.ts';
import { imageLocation } from './image-location.ts';
import {
  copyImage,
  loadIntoEngine,
  openImage,
  copyContent,
  copyReferrers,
  formatLocation,
  openContent,
  openDestination,
  type ContentSource,
  type ImageLocation,
} from '../places/index.ts';

export interface CopyBetweenOptions {
  /** Only this one of an index; default: all of it. */
  readonly platform?: Platform | undefined;
  /** What refers to the image goes along: signatures, evidence, SBOMs. */
  readonly referrers?: boolean | undefined;
  /** Of registries: take plain http, and certificates that nobody vouches for. */
  readonly insecure?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What is now where. */
export interface CopiedImage {
  /** Where it came from, as it was found. */
  readonly source: string;
  /** Where it is: what `inspect`, `run` and `copy` take. */
  readonly destination: string;
  /** Of its manifest or index: the same at both places. */
  readonly digest: Digest;
  /** Of its manifest or index. */
  readonly mediaType: string;
  /** How many of what refers to it went along. */
  readonly referrers: number;
}

/**
 * An image, or an index with all its images, from one place to another: registry, layout, archive, engine. Byte for byte,
 * but that an engine keeps it in its own way. Errors: those of reading and writing there; USAGE.
 */
export async function copyBetween(
  from: string,
  to: string,
  options: CopyBetweenOptions = {},
): Promise<CopiedImage> {
  return copyFrom(imageLocation(from), parseDestination(to), options);
}

async function copyFrom(
  location: ImageLocation,
  { place, name }: DestinationPlace,
  options: CopyBetweenOptions,
): Promise<CopiedImage> {
  if (place.kind === 'engine') return intoEngine(location, place, options);
  const source = await openContent(location, options);
  try {
    const mountFrom = mountable(location, place);
    const destination = await openDestination(place, options.signal, { ...options, mountFrom });
    const references = name === undefined ? undefined : [name];
    const { digest, mediaType } = await copyContent(source, destination, { references });
    const referrers = options.referrers === true ? await copyReferrers(source, place, options) : 0;
    return { source: source.name, destination: placeText(place, name, source), digest, mediaType, referrers };
  } finally {
    source.close();
  }
}

/** A registry has the blobs already where the image comes from it, in another repository. */
function mountable(from: ImageLocation, to: DestinationPlace['place']): string | undefined {
  if (from.kind !== 'registry' || to.kind !== 'registry') return undefined;
  const isSame = from.reference.registry === to.reference.registry;
  return isSame && from.reference.repository !== to.reference.repository
    ? from.reference.repository
    : undefined;
}

function placeText(
  place: Exclude<DestinationPlace['place'], EnginePlace>,
  name: string | undefined,
  source: ContentSource,
): string {
  if (place.kind === 'registry') return formatRegistryReference(place.reference);
  return formatLocation({ ...place, name: name ?? source.references[0] });
}

/** By an archive of the one image that it can run. */
async function intoEngine(
  location: ImageLocation,
  { engine, name }: EnginePlace,
  options: CopyBetweenOptions,
): Promise<CopiedImage> {
  const folder = makeTemporaryFolder('load');
  const path = join(folder, 'image.tar');
  try {
    const image = await openImage(location, options);
    const { manifestDescriptor, name: source } = image;
    try {
      const references = name === undefined ? image.references : [name];
      if (references.length === 0 && name === undefined)
        throw new MorselError('USAGE', `${source} has no name`, {
          hint: `give it one: ${engine === 'docker' ? 'docker-daemon' : engine}:NAME`,
        });
      await copyImage(image, await openDestination({ kind: 'archive', path }, options.signal), {
        references,
      });
    } finally {
      image.close();
    }
    await loadIntoEngine({ kind: 'archive', path }, { engine, signal: options.signal });
    const { digest, mediaType } = manifestDescriptor;
    const transport = engine === 'docker' ? 'docker-daemon' : engine;
    return {
      source,
      destination: `${transport}:${name ?? image.references[0]}`,
      digest,
      mediaType,
      referrers: 0,
    };
  } finally {
    removeTemporaryFolder(folder);
  }
}
