import { createHash } from 'node:crypto';
import type { ByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import { DOCKER_MANIFEST_FILE } from './archive-destination.ts';
import type { ImageConfig } from './config.ts';
import { decodeConfig, decodeDockerManifest, type DockerArchiveImage } from './decode.ts';
import { compressionOf } from './decompress.ts';
import type { Descriptor, Digest, DiffId } from './descriptor.ts';
import { digestOfHex, sha256Digest } from './digest.ts';
import type { Image } from './image.ts';
import type { ImageFiles } from './image-files.ts';
import { encodeManifest } from './image-metadata.ts';
import { once, readSmall } from './layout-images.ts';
import type { Manifest } from './manifest.ts';
import { MEDIA_TYPE } from './media-types.ts';
import { openVerifiedBlob, readChunks } from './verified-blob.ts';

/**
 * The images of a docker-archive (`docker save`, before 25 without `index.json`). It has no manifests in OCI's sense:
 * one is made here, with the layers as they are stored, so that an image is an image wherever it lives.
 */
export async function dockerArchiveImages(files: ImageFiles, release: () => void): Promise<Image[]> {
  const bytes = readSmall(files, DOCKER_MANIFEST_FILE);
  if (bytes === null) throw notAnImage(files);
  const entries = decodeDockerManifest(bytes, `${files.name}: ${DOCKER_MANIFEST_FILE}`);
  return entries.map((entry) => dockerImage(files, entry, release));
}

function dockerImage(files: ImageFiles, entry: DockerArchiveImage, release: () => void): Image {
  const references = entry.RepoTags ?? [];
  const configBytes = readSmall(files, entry.Config) ?? missing(files, entry.Config);
  const config = decodeConfig(configBytes, `${files.name}: ${entry.Config}`);
  const { layers, paths } = describeLayers(files, entry, config);
  const configDescriptor: Descriptor = {
    mediaType: MEDIA_TYPE.ociConfig,
    digest: sha256Digest(configBytes),
    size: configBytes.length,
  };
  const manifestBytes = encodeManifest(configDescriptor, layers, {});
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.ociManifest,
    config: configDescriptor,
    layers,
  };
  return {
    name: references[0] === undefined ? files.name : `${files.name}:${references[0]}`,
    manifestDescriptor: {
      mediaType: MEDIA_TYPE.ociManifest,
      digest: sha256Digest(manifestBytes),
      size: manifestBytes.length,
    },
    manifest,
    manifestBytes,
    config,
    configBytes,
    references,
    openBlob(descriptor) {
      const path =
        descriptor.digest === configDescriptor.digest ? entry.Config : paths.get(descriptor.digest);
      if (path === undefined)
        throw new MorselError('NOT_FOUND', `${files.name} has no blob ${descriptor.digest}`);
      return openVerifiedBlob(files.open(path) ?? missing(files, path), descriptor, files.name);
    },
    close: once(release),
  };
}

interface DescribedLayers {
  readonly layers: readonly Descriptor[];
  readonly paths: ReadonlyMap<Digest, string>;
}

function describeLayers(files: ImageFiles, entry: DockerArchiveImage, config: ImageConfig): DescribedLayers {
  const diffIds = config.rootfs.diff_ids;
  if (diffIds.length !== entry.Layers.length) {
    throw new MorselError(
      'IMAGE_INVALID',
      `${files.name}: ${DOCKER_MANIFEST_FILE} lists ${entry.Layers.length} layers, the config ${diffIds.length}`,
    );
  }
  const paths = new Map<Digest, string>();
  const layers = entry.Layers.map((path, index) => {
    const source = files.open(path) ?? missing(files, path);
    try {
      const descriptor = describeLayer(source, diffIds[index] as DiffId);
      paths.set(descriptor.digest, path);
      return descriptor;
    } finally {
      source.close();
    }
  });
  return { layers, paths };
}

/** A plain tar's digest is its diffId, checked whenever it is read; a compressed one (crane, bazel) must be hashed. */
function describeLayer(source: ByteSource, diffId: DiffId): Descriptor {
  const size = source.sizeBytes;
  const kind = compressionOf(source.read(0, 8));
  if (kind === 'none') {
    return { mediaType: MEDIA_TYPE.ociLayerTar, digest: digestOfHex(diffId.slice('sha256:'.length)), size };
  }
  const hash = createHash('sha256');
  for (const chunk of readChunks(source)) hash.update(chunk);
  const mediaType = kind === 'zstd' ? MEDIA_TYPE.ociLayerZstd : MEDIA_TYPE.ociLayerGzip;
  return { mediaType, digest: digestOfHex(hash.digest('hex')), size };
}

function missing(files: ImageFiles, path: string): never {
  throw new MorselError('IMAGE_INVALID', `${files.name}: ${path} is missing`, {
    hint: 'the archive is incomplete: save it again',
  });
}

function notAnImage(files: ImageFiles): MorselError {
  return new MorselError('IMAGE_INVALID', `${files.name} is neither an OCI layout nor a docker-archive`, {
    hint: 'give a directory or tar file with index.json (OCI) or manifest.json (docker save)',
  });
}
