import { decodeManifest, type Digest, readBytes } from '../../oci/index.ts';
import { formatRegistryReference, openRegistry } from '../../registry/index.ts';
import type { RegistryLocation } from '../location.ts';

/** As `readReferrer`, of an image in a registry. */
export async function readRegistryReferrer(
  { reference }: RegistryLocation,
  subject: Digest,
  artifactType: string,
  signal: AbortSignal | undefined,
): Promise<Buffer | null> {
  const { registry, repository } = reference;
  const client = await openRegistry(registry, { signal });
  try {
    const referrers = await client.referrers(repository, subject);
    const found = referrers.find((each) => each.artifactType === artifactType);
    if (found === undefined) return null;
    const where = formatRegistryReference({ registry, repository, digest: found.digest });
    const { bytes } = await client.manifest(repository, found.digest, found);
    const { subject: named, layers } = decodeManifest(bytes, where);
    const content = layers[0];
    if (named?.digest !== subject || content === undefined) return null;
    return await readBytes(client.openBlob(repository, content), content, where);
  } finally {
    client.close();
  }
}
