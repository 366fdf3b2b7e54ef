import { MorselError } from '../../core/errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { decodeManifest, isManifestMediaType, sha256Digest } from '../../oci/index.ts';
import {
  type FetchedManifest,
  formatRegistryReference,
  openRegistry,
  type RegistryClient,
  type RegistryReference,
} from '../../registry/index.ts';
import { type Destination, openOnce, type StoredBlob } from '../destination.ts';
import { checkedFrom } from './checked-from.ts';

/** Blobs that are sent at the same time. */
const BLOBS_AT_ONCE = 4;

export interface RegistryDestinationOptions {
  readonly signal?: AbortSignal | undefined;
  readonly insecure?: boolean | undefined;
  /** A repository of the same registry that may have the blobs: they are mounted from there. */
  readonly mountFrom?: string | undefined;
}

/**
 * A repository of a registry. Blobs are there at once, for everybody who knows their digest; the image is, under its tag,
 * with `commit`: until then nobody's tag has moved. What `abort` leaves, the registry's garbage collection takes.
 * Errors: REGISTRY, NETWORK, DIGEST_MISMATCH, INTERRUPTED.
 */
export async function registryDestination(
  reference: RegistryReference,
  { signal, insecure, mountFrom }: RegistryDestinationOptions = {},
): Promise<Destination> {
  const { registry, repository, tag, digest } = reference;
  const client = await openRegistry(registry, { signal, insecure });
  const where = formatRegistryReference(reference);
  let last: FetchedManifest | null = null;
  const put = async (name: string, manifest: FetchedManifest): Promise<void> => {
    await client.putManifest(repository, name, manifest);
    await makeKnown(client, repository, manifest, where);
  };
  return {
    blobsAtOnce: BLOBS_AT_ONCE,
    has: (descriptor) => client.hasBlob(repository, descriptor),
    async writeBlob(content, expected): Promise<StoredBlob> {
      if (expected === undefined) return client.uploadUnknown(repository, openOnce(content));
      const open = (offset: number): AsyncIterable<Uint8Array> =>
        checkedFrom(offset, openOnce(content), expected, where);
      await client.uploadBlob(repository, { descriptor: expected, open, mountFrom });
      return { digest: expected.digest, sizeBytes: expected.size };
    },
    async writeManifest(bytes, mediaType): Promise<Descriptor> {
      const descriptor = { mediaType, digest: sha256Digest(bytes), size: bytes.length };
      // What an index names must be there before it; of the last one, which `commit` names, nobody knows before that.
      if (last !== null) await put(last.descriptor.digest, last);
      last = { descriptor, bytes };
      return descriptor;
    },
    async commit({ manifest }) {
      if (last === null || last.descriptor.digest !== manifest.digest)
        throw new Error('the manifest to name is the one that was written last');
      if (digest !== undefined && digest !== manifest.digest)
        throw new MorselError('USAGE', `${where} names another image than ${manifest.digest}`, {
          hint: 'give a tag in the place of the digest',
        });
      await put(digest === undefined ? (tag ?? 'latest') : digest, last);
      client.close();
    },
    abort: () => client.close(),
  };
}

/** What a manifest refers to is told by it (distribution-spec, "Pushing Manifests with Subject"). */
async function makeKnown(
  client: RegistryClient,
  repository: string,
  { descriptor, bytes }: FetchedManifest,
  where: string,
): Promise<void> {
  if (!isManifestMediaType(descriptor.mediaType)) return;
  const { subject, artifactType, config, annotations } = decodeManifest(bytes, where);
  if (subject === undefined) return;
  await client.addReferrer(repository, subject.digest, {
    ...descriptor,
    artifactType: artifactType ?? config.mediaType,
    ...(annotations !== undefined && { annotations }),
  });
}
