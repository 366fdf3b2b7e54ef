import { createHash } from 'node:crypto';
import { MorselError } from '../../core/errors.ts';
import type { Turns } from '../../core/turns.ts';
import { IMAGES_LIMIT } from '../container/collect-manifests.ts';
import { COMPRESSION_MAGIC_BYTES, compressionOf } from '../../layers/index.ts';
import type { ImageConfig } from '../../oci/config.ts';
import { ContainerDocuments, missing, type ReadDocument } from '../container/container-documents.ts';
import {
  decodeDockerManifest,
  DOCKER_MANIFEST_FILE,
  digestOfHex,
  sha256Digest,
  encodeManifest,
  MEDIA_TYPE,
  openVerifiedBlob,
  readChunks,
} from '../../oci/index.ts';
import { type DockerArchiveImage } from '../../oci/decode.ts';
import type { Descriptor, Digest, DiffId } from '../../oci/descriptor.ts';

import type { Image } from '../../oci/image.ts';
import type { ImageFiles } from '../container/image-files.ts';

import { once } from '../container/once.ts';

/** Layers that the images of an archive list, all together: 500 images of docker's 127 layers each. */
export const LISTED_LAYERS_LIMIT = 65_536;

/**
 * The images of a docker-archive (`docker save`, before 25 without `index.json`). It has no manifests in OCI's sense:
 * one is made here, with the layers as they are stored, so that an image is an image wherever it lives.
 */
export async function dockerArchiveImages(
  files: ImageFiles,
  release: () => void,
  turns: Turns,
): Promise<Image[]> {
  const documents = new ContainerDocuments(files);
  const bytes = documents.bytesAt(DOCKER_MANIFEST_FILE);
  if (bytes === null) throw notAnImage(files);
  const entries = decodeDockerManifest(bytes, `${files.name}: ${DOCKER_MANIFEST_FILE}`);
  checkCounts(files, entries);
  const stored = new StoredLayers(files, turns);
  const images: Image[] = [];
  for (const entry of entries) {
    const config = documents.configAt(entry.Config);
    images.push(
      dockerImage(files, entry, config, await describeLayers(stored, entry, config.document), release),
    );
  }
  return images;
}

function checkCounts(files: ImageFiles, entries: readonly DockerArchiveImage[]): void {
  const layers = entries.reduce((sum, entry) => sum + entry.Layers.length, 0);
  if (entries.length <= IMAGES_LIMIT && layers <= LISTED_LAYERS_LIMIT) return;
  throw new MorselError(
    'LIMIT_EXCEEDED',
    `${files.name}: ${DOCKER_MANIFEST_FILE} lists ${entries.length} images with ${layers} layers; the limits are ${IMAGES_LIMIT} and ${LISTED_LAYERS_LIMIT}`,
    { hint: 'save the image that is meant into an archive of its own: docker save -o ONE.tar NAME' },
  );
}

function dockerImage(
  files: ImageFiles,
  entry: DockerArchiveImage,
  { bytes: configBytes, digest, document: config }: ReadDocument<ImageConfig>,
  { layers, paths }: DescribedLayers,
  release: () => void,
): Image {
  const references = entry.RepoTags ?? [];
  const configDescriptor: Descriptor = {
    mediaType: MEDIA_TYPE.ociConfig,
    digest,
    size: configBytes.length,
  };
  return {
    name: references[0] === undefined ? files.name : `${files.name}:${references[0]}`,
    ...madeManifest(configDescriptor, layers),
    config,
    configBytes,
    references,
    openBlob(descriptor) {
      const path =
        descriptor.digest === configDescriptor.digest ? entry.Config : paths.get(descriptor.digest);
      if (path === undefined)
        throw new MorselError('NOT_FOUND', `${files.name} has no blob ${descriptor.digest}`, {
          hint: 'ask for a layer of this image, or its config',
        });
      return openVerifiedBlob(files.open(path) ?? missing(files, path), descriptor, files.name);
    },
    close: once(release),
  };
}

/** The manifest that the archive lacks. */
function madeManifest(
  config: Descriptor,
  layers: readonly Descriptor[],
): Pick<Image, 'manifest' | 'manifestBytes' | 'manifestDescriptor'> {
  const mediaType = MEDIA_TYPE.ociManifest;
  const manifestBytes = encodeManifest(config, layers, {});
  return {
    manifest: { schemaVersion: 2, mediaType, config, layers },
    manifestBytes,
    manifestDescriptor: { mediaType, digest: sha256Digest(manifestBytes), size: manifestBytes.length },
  };
}

interface DescribedLayers {
  readonly layers: readonly Descriptor[];
  readonly paths: ReadonlyMap<Digest, string>;
}

async function describeLayers(
  stored: StoredLayers,
  entry: DockerArchiveImage,
  config: ImageConfig,
): Promise<DescribedLayers> {
  const diffIds = config.rootfs.diff_ids;
  if (diffIds.length !== entry.Layers.length) {
    throw new MorselError(
      'IMAGE_INVALID',
      `${stored.files.name}: ${DOCKER_MANIFEST_FILE} lists ${entry.Layers.length} layers, the config ${diffIds.length}`,
      { hint: 'the archive is damaged: save it again' },
    );
  }
  const paths = new Map<Digest, string>();
  const layers: Descriptor[] = [];
  for (const [index, path] of entry.Layers.entries()) {
    const descriptor = await stored.describe(path, diffIds[index] as DiffId);
    paths.set(descriptor.digest, path);
    layers.push(descriptor);
  }
  return { layers, paths };
}

/** What the stored layers are, each looked at once however often and by whatever name it is listed. */
class StoredLayers {
  readonly files: ImageFiles;
  readonly #turns: Turns;
  readonly #known = new Map<string, StoredLayer>();

  constructor(files: ImageFiles, turns: Turns) {
    this.files = files;
    this.#turns = turns;
  }

  async describe(path: string, diffId: DiffId): Promise<Descriptor> {
    await this.#turns.take();
    const key = this.files.identify(path) ?? missing(this.files, path);
    const stored = this.#known.get(key) ?? (await this.#look(path));
    this.#known.set(key, stored);
    // A plain tar's digest is its diffId, checked whenever it is read.
    return (
      stored.packed ?? {
        mediaType: MEDIA_TYPE.ociLayerTar,
        digest: digestOfHex(diffId.slice(7)),
        size: stored.size,
      }
    );
  }

  async #look(path: string): Promise<StoredLayer> {
    const source = this.files.open(path) ?? missing(this.files, path);
    try {
      const size = source.sizeBytes;
      const kind = compressionOf(source.read(0, COMPRESSION_MAGIC_BYTES));
      if (kind === 'none') return { size, packed: null };
      const hash = createHash('sha256');
      for (const chunk of readChunks(source)) {
        await this.#turns.take();
        hash.update(chunk);
      }
      const mediaType = kind === 'zstd' ? MEDIA_TYPE.ociLayerZstd : MEDIA_TYPE.ociLayerGzip;
      return { size, packed: { mediaType, digest: digestOfHex(hash.digest('hex')), size } };
    } finally {
      source.close();
    }
  }
}

interface StoredLayer {
  readonly size: number;
  /** Of a compressed layer (crane, bazel), which must be hashed; null for a plain tar. */
  readonly packed: Descriptor | null;
}

function notAnImage(files: ImageFiles): MorselError {
  return new MorselError('IMAGE_INVALID', `${files.name} is neither an OCI layout nor a docker-archive`, {
    hint: 'give a directory or tar file with index.json (OCI) or manifest.json (docker save)',
  });
}
