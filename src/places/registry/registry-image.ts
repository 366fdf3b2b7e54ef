import { MorselError } from '../../core/errors.ts';
import {
  decodeConfig,
  decodeIndex,
  decodeManifest,
  type Descriptor,
  formatPlatform,
  hostPlatform,
  type Image,
  isIndexMediaType,
  matchesPlatform,
  type Platform,
  readBytes,
} from '../../oci/index.ts';
import {
  formatRegistryReference,
  manifestName,
  openRegistry,
  type FetchedManifest,
  type RegistryClient,
} from '../../registry/index.ts';
import { isAttestation } from '../container/collect-manifests.ts';
import type { RegistryLocation } from '../location.ts';
import type { OpenImageOptions } from '../open-image.ts';

/** An index in an index is a rare thing, and one in that is none. */
const INDEX_DEPTH_LIMIT = 4;

/**
 * One image of a registry: its manifest and its config are fetched; a layer when it is opened, and no other. Errors:
 * REGISTRY, NETWORK, DIGEST_MISMATCH, IMAGE_INVALID, LIMIT_EXCEEDED, USAGE where no image is for the platform, INTERRUPTED.
 */
export async function openRegistryImage(
  { reference }: RegistryLocation,
  { platform, signal, insecure }: OpenImageOptions,
): Promise<Image> {
  const { registry, repository } = reference;
  const client = await openRegistry(registry, { signal, insecure });
  const name = formatRegistryReference(reference);
  try {
    const top = await client.manifest(repository, manifestName(reference));
    const { descriptor, bytes } = await imageManifest(client, repository, name, top, platform);
    const manifest = decodeManifest(bytes, name);
    const configBytes = await readBytes(client.openBlob(repository, manifest.config), manifest.config, name);
    const { tag } = reference;
    return {
      name,
      manifestDescriptor: descriptor,
      manifest,
      manifestBytes: bytes,
      config: decodeConfig(configBytes, `${name}: config ${manifest.config.digest}`),
      configBytes,
      references: tag === undefined ? [] : [formatRegistryReference({ registry, repository, tag })],
      openBlob: (blob) => client.openBlob(repository, blob),
      close: () => client.close(),
    };
  } catch (error) {
    client.close();
    throw error;
  }
}

/** Through indexes to the manifest of the platform: this machine's, unless another is asked for, or the only one. */
async function imageManifest(
  client: RegistryClient,
  repository: string,
  name: string,
  top: FetchedManifest,
  platform: Platform | undefined,
): Promise<FetchedManifest> {
  let found = top;
  for (let depth = 0; isIndexMediaType(found.descriptor.mediaType); depth += 1) {
    if (depth === INDEX_DEPTH_LIMIT)
      throw new MorselError('LIMIT_EXCEEDED', `${name} nests indexes deeper than ${INDEX_DEPTH_LIMIT}`, {
        hint: 'name the image itself by its digest',
      });
    const { manifests } = decodeIndex(found.bytes, name);
    const chosen = choosePlatform(manifests, platform, name);
    found = await client.manifest(repository, chosen.digest, chosen);
  }
  return found;
}

function choosePlatform(
  manifests: readonly Descriptor[],
  asked: Platform | undefined,
  name: string,
): Descriptor {
  const images = manifests.filter((descriptor) => !isAttestation(descriptor));
  const wanted = asked ?? hostPlatform();
  const matching = images.find(({ platform }) => platform !== undefined && matchesPlatform(wanted, platform));
  if (matching !== undefined) return matching;
  const [only, ...others] = images;
  if (asked === undefined && only !== undefined && others.length === 0) return only;
  const offered = images.flatMap((each) =>
    each.platform === undefined ? [] : [formatPlatform(each.platform)],
  );
  throw new MorselError('USAGE', `${name} has no image for ${formatPlatform(wanted)}`, {
    hint: `it has ${offered.length === 0 ? 'none that names a platform' : [...new Set(offered)].slice(0, 12).join(', ')}`,
  });
}
