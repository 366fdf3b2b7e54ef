import { MorselError } from '../core/errors.ts';
import { decodeIndex, type Descriptor, isIndexMediaType } from '../oci/index.ts';
import type { ContentSource } from './content-source.ts';
import { copyContent } from './copy-content.ts';
import type { RegistryLocation } from './location.ts';
import { openDestination, type OpenDestinationOptions, type WritableLocation } from './open-destination.ts';

/** Of one image with all its platforms. */
const REFERRERS_LIMIT = 4096;
/** A signature of an SBOM of an image is two. */
const DEPTH_LIMIT = 4;

/**
 * What refers to an image, to the images of an index, and to what refers to them. Answers how many. Errors: USAGE for an
 * archive, which has no place for them; those of copying.
 */
export async function copyReferrers(
  source: ContentSource,
  place: RegistryLocation | WritableLocation,
  options: OpenDestinationOptions & { readonly signal?: AbortSignal | undefined },
): Promise<number> {
  if (place.kind === 'archive')
    throw new MorselError('USAGE', 'an archive keeps nothing that refers to an image', {
      hint: 'copy to a layout (DIR/) or a registry, or leave out --referrers',
    });
  const done = new Set<string>();
  let subjects: readonly Descriptor[] = await manifestsOf(source, source.root);
  for (let depth = 0; depth < DEPTH_LIMIT && subjects.length > 0; depth += 1) {
    const found: Descriptor[] = [];
    for (const subject of subjects) {
      for (const referrer of await source.referrers(subject)) {
        if (done.has(referrer.digest)) continue;
        done.add(referrer.digest);
        checkCount(done.size, source.name);
        await copyReferrer(source, referrer, subject, place, options);
        found.push(referrer);
      }
    }
    subjects = found;
  }
  return done.size;
}

async function copyReferrer(
  source: ContentSource,
  referrer: Descriptor,
  subject: Descriptor,
  place: RegistryLocation | WritableLocation,
  options: OpenDestinationOptions & { readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const root: ContentSource = { ...source, root: referrer, close: () => {} };
  if (place.kind === 'registry') {
    const { registry, repository } = place.reference;
    const reference = { registry, repository, digest: referrer.digest };
    const destination = await openDestination({ kind: 'registry', reference }, options.signal, options);
    await copyContent(root, destination, { references: [] });
    return;
  }
  const { layoutDestination } = await import('./layout/layout-destination.ts');
  const destination = layoutDestination(place.path, options.signal);
  await copyContent(root, { ...destination, commit: () => destination.commitReferrer(referrer, subject) });
}

/** An index and all below it: each of them may be referred to. */
async function manifestsOf(source: ContentSource, root: Descriptor): Promise<readonly Descriptor[]> {
  if (!isIndexMediaType(root.mediaType)) return [root];
  const { manifests } = decodeIndex(await source.document(root), source.name);
  return [root, ...manifests];
}

function checkCount(count: number, name: string): void {
  if (count <= REFERRERS_LIMIT) return;
  throw new MorselError('LIMIT_EXCEEDED', `more than ${REFERRERS_LIMIT} documents refer to ${name}`, {
    hint: 'leave out --referrers',
  });
}
