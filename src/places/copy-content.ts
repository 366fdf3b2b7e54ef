import { inParallel } from '../core/in-parallel.ts';
import type { Descriptor, Platform } from '../oci/descriptor.ts';
import {
  decodeConfig,
  decodeIndex,
  decodeManifest,
  hostPlatform,
  isArtifact,
  isIndexMediaType,
  isManifestMediaType,
  type Manifest,
  matchesPlatform,
} from '../oci/index.ts';
import type { ContentSource } from './content-source.ts';
import type { BlobContent, Destination } from './destination.ts';

export interface CopyContentOptions {
  /** What it is called there, normalised. Default: as at its source. */
  readonly references?: readonly string[] | undefined;
}

/** What a destination that can tell of one image only is told. */
interface NamedImage {
  readonly config: Descriptor | null;
  readonly layers: readonly Descriptor[];
  readonly platform: Platform | null;
}

/**
 * Copies an image, or an index with all its images, byte for byte, so that its digest stays: the only way from one place to
 * another. What the destination has already is not read. On any error the destination is as before. Errors: those of
 * reading the source and of writing there.
 */
export async function copyContent(
  source: ContentSource,
  destination: Destination,
  { references = source.references }: CopyContentOptions = {},
): Promise<Descriptor> {
  try {
    const image = await new ContentCopy(source, destination).copy(source.root);
    await destination.commit({ manifest: source.root, ...image, references });
    return source.root;
  } catch (error) {
    destination.abort();
    throw error;
  }
}

/** From the leaves to the root, as registries take it: what a document names is there before it. */
class ContentCopy {
  readonly #source: ContentSource;
  readonly #destination: Destination;
  readonly #done = new Set<string>();

  constructor(source: ContentSource, destination: Destination) {
    this.#source = source;
    this.#destination = destination;
  }

  async copy(descriptor: Descriptor): Promise<NamedImage> {
    const bytes = await this.#source.document(descriptor);
    const image = isIndexMediaType(descriptor.mediaType)
      ? await this.#copyIndex(bytes, descriptor)
      : await this.#copyManifest(bytes);
    await this.#destination.writeManifest(bytes, descriptor.mediaType);
    return image;
  }

  async #copyIndex(bytes: Buffer, { digest }: Descriptor): Promise<NamedImage> {
    const { manifests } = decodeIndex(bytes, `${this.#source.name}: index ${digest}`);
    let found: NamedImage | null = null;
    for (const child of manifests) {
      if (this.#done.has(child.digest)) continue;
      this.#done.add(child.digest);
      if (!isIndexMediaType(child.mediaType) && !isManifestMediaType(child.mediaType)) {
        await this.#copyBlob(child);
        continue;
      }
      const image = await this.copy(child);
      if (found === null || isForHost(image)) found = isForHost(found) ? found : image;
    }
    return { config: found?.config ?? null, layers: found?.layers ?? [], platform: null };
  }

  async #copyManifest(bytes: Buffer): Promise<NamedImage> {
    const manifest = decodeManifest(bytes, this.#source.name);
    const blobs = [...manifest.layers.filter(isDistributed), manifest.config];
    const distinct = [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
    await inParallel(distinct, this.#destination.blobsAtOnce ?? 1, (blob) => this.#copyBlob(blob));
    return { config: manifest.config, layers: manifest.layers, platform: await this.#platformOf(manifest) };
  }

  /** null: it is no image. */
  async #platformOf(manifest: Manifest): Promise<Platform | null> {
    if (isArtifact(manifest)) return null;
    const bytes = await this.#source.document(manifest.config);
    const { os, architecture, variant } = decodeConfig(bytes, `${this.#source.name}: its config`);
    return { os, architecture, ...(variant !== undefined && { variant }) };
  }

  async #copyBlob(descriptor: Descriptor): Promise<void> {
    if (await this.#destination.has(descriptor)) return;
    await this.#destination.writeBlob(() => this.#source.openBlob(descriptor) as BlobContent, descriptor);
  }
}

function isForHost(image: NamedImage | null): boolean {
  return image?.platform != null && matchesPlatform(hostPlatform(), image.platform);
}

/** Layers that may not be given on, and that their own addresses have: image-spec, "Non-distributable Layers". */
function isDistributed({ mediaType }: Descriptor): boolean {
  return !/nondistributable|\.foreign\./.test(mediaType);
}
