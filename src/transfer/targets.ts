import { MorselError } from '../core/errors.ts';
import { hostPlatform, formatPlatform } from '../oci/index.ts';
import { formatRegistryReference, namesRegistry, parseRegistryReference } from '../registry/index.ts';
import { imageLocation } from './image-location.ts';
import { REGISTRY_TRANSPORT, openContent, withoutTransport } from '../places/index.ts';

/**
 * Where an image is pushed to, as `copy` takes it: to the names that are given, else to those that it has where it is. A name
 * without a registry would mean Docker Hub to some and nothing to others: it is refused. Errors: USAGE, those of reading.
 */
export async function pushTargets(
  image: string,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<readonly string[]> {
  if (names.length > 0) return names.map(target);
  const location = imageLocation(image);
  if (location.kind === 'stdin')
    throw new MorselError('USAGE', 'an archive by stdin is pushed under names that are given', {
      hint: 'give one: morsel push - REGISTRY/NAME:TAG',
    });
  const source = await openContent(location, { signal });
  source.close();
  if (source.references.length > 0) return source.references.map(target);
  throw new MorselError('USAGE', `${image} has no name under which it could be pushed`, {
    hint: `give one: morsel push ${image} REGISTRY/NAME:TAG`,
  });
}

/**
 * Of an image that was built without a name of a registry: `hello:latest` is `REPOSITORY/hello:latest`; a name that has its
 * registry stays as it is. Error: USAGE, which names what the repository was called.
 */
export function targetsBelow(repository: string, names: readonly string[]): readonly string[] {
  const below = withoutTransport(repository).replace(/\/+$/, '');
  if (!namesRegistry(`${below}/name`))
    throw new MorselError(
      'USAGE',
      `${repository}, below which images are to be pushed, does not name a registry`,
      {
        hint: 'set MORSEL_DOCKER_REPO=REGISTRY/NAME; of Docker Hub: MORSEL_DOCKER_REPO=docker.io/USER',
      },
    );
  return names.map((name) => target(namesRegistry(name) ? name : `${below}/${name}`));
}

function target(name: string): string {
  const plain = withoutTransport(name);
  if (!name.startsWith(REGISTRY_TRANSPORT) && !namesRegistry(plain))
    throw new MorselError('USAGE', `${name} does not name a registry`, {
      hint: `write it as REGISTRY/${name}; of Docker Hub: docker.io/USER/${name}`,
    });
  return `${REGISTRY_TRANSPORT}${formatRegistryReference(parseRegistryReference(plain))}`;
}

/** What `pull` copies, and where to unless told otherwise: `hello.tar`, named as it was in its registry. Error: USAGE. */
export function pullSource(name: string): {
  readonly source: string;
  readonly archive: string;
  readonly platform: string;
} {
  const reference = parseRegistryReference(withoutTransport(name));
  const last = reference.repository.split('/').at(-1) ?? 'image';
  return {
    source: `${REGISTRY_TRANSPORT}${formatRegistryReference(reference)}`,
    archive: `${last}.tar`,
    platform: formatPlatform(hostPlatform()),
  };
}
