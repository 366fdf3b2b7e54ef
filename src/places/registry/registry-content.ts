import { isIndexMediaType, isManifestMediaType, readBytes } from '../../oci/index.ts';
import { formatRegistryReference, manifestName, openRegistry } from '../../registry/index.ts';
import type { ContentSource } from '../content-source.ts';
import type { RegistryLocation } from '../location.ts';
import type { OpenImageOptions } from '../open-image.ts';

/** What a registry has under a name, whole. Errors: REGISTRY, NETWORK, DIGEST_MISMATCH, LIMIT_EXCEEDED, INTERRUPTED. */
export async function registryContent(
  { reference }: RegistryLocation,
  { signal, insecure }: OpenImageOptions,
): Promise<ContentSource> {
  const { registry, repository, tag } = reference;
  const client = await openRegistry(registry, { signal, insecure });
  const name = formatRegistryReference(reference);
  try {
    const top = await client.manifest(repository, manifestName(reference));
    return {
      name,
      root: top.descriptor,
      references: tag === undefined ? [] : [formatRegistryReference({ registry, repository, tag })],
      async document(descriptor) {
        if (descriptor.digest === top.descriptor.digest) return top.bytes;
        const { mediaType, digest } = descriptor;
        if (isIndexMediaType(mediaType) || isManifestMediaType(mediaType))
          return (await client.manifest(repository, digest, descriptor)).bytes;
        return readBytes(client.openBlob(repository, descriptor), descriptor, name);
      },
      openBlob: (descriptor) => client.openBlob(repository, descriptor),
      referrers: ({ digest }) => client.referrers(repository, digest),
      close: () => client.close(),
    };
  } catch (error) {
    client.close();
    throw error;
  }
}
