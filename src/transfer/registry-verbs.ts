import { MorselError } from '../core/errors.ts';
import { type Digest, isDigest } from '../oci/index.ts';
import {
  manifestName,
  openRegistry,
  parseRegistryReference,
  type RegistryClient,
  type RegistryReference,
} from '../registry/index.ts';
import { withoutTransport } from '../places/index.ts';

export interface RegistryVerbOptions {
  readonly insecure?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** `docker://NAME` or `NAME`. Error: USAGE. */
function referenceOf(text: string): RegistryReference {
  return parseRegistryReference(withoutTransport(text));
}

async function withClient<T>(
  { registry }: RegistryReference,
  options: RegistryVerbOptions,
  use: (client: RegistryClient) => Promise<T>,
): Promise<T> {
  const client = await openRegistry(registry, options);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

/** The tags of a repository, in the registry's order. Errors: USAGE, REGISTRY, NETWORK, INTERRUPTED. */
export async function listTags(repository: string, options: RegistryVerbOptions): Promise<readonly string[]> {
  const reference = referenceOf(repository);
  if (reference.tag !== undefined || reference.digest !== undefined)
    throw new MorselError('USAGE', `${repository} is one image, and not a repository`, {
      hint: 'leave out the tag and the digest',
    });
  return withClient(reference, options, (client) => client.tags(reference.repository));
}

/** The image gets one more tag, in its own repository; answers its digest. Errors: USAGE, REGISTRY, NETWORK. */
export async function setTag(name: string, tag: string, options: RegistryVerbOptions): Promise<Digest> {
  const reference = referenceOf(name);
  const { registry, repository } = reference;
  const target = referenceOf(`${registry}/${repository}:${tag}`);
  return withClient(reference, options, async (client) => {
    const found = await client.manifest(repository, manifestName(reference));
    await client.putManifest(repository, manifestName(target), found);
    return found.descriptor.digest;
  });
}

/**
 * A tag, and the image stays; a digest, and all its tags go with the image. Where a registry cannot take a tag alone away,
 * it says so. Errors: USAGE without either, REGISTRY, NETWORK, INTERRUPTED.
 */
export async function removeImage(name: string, options: RegistryVerbOptions): Promise<void> {
  const reference = referenceOf(name);
  if (reference.tag === undefined && reference.digest === undefined)
    throw new MorselError('USAGE', `${name} does not say which image is to be removed`, {
      hint: 'give its tag or its digest: NAME:TAG, NAME@sha256:…',
    });
  await withClient(reference, options, async (client) => {
    const which = manifestName(reference);
    try {
      await client.deleteManifest(reference.repository, which);
    } catch (error) {
      throw isDigest(which) ? error : explainTag(error, name);
    }
  });
}

/** distribution 2.8 knows digests only: 400 UNSUPPORTED or 405. */
function explainTag(error: unknown, name: string): unknown {
  if (!(error instanceof MorselError) || error.code !== 'REGISTRY') return error;
  const status = error.details?.['status'];
  if (status !== 400 && status !== 405) return error;
  return new MorselError('REGISTRY', error.message, {
    cause: error,
    hint: `if it takes no tag alone away, remove the image with all its tags: morsel rm NAME@$(morsel digest ${name})`,
  });
}
