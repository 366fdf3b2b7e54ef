import { resolve } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { ignoreEvents } from '../core/events.ts';
import { layerWriter, type WrittenLayer } from '../layers/index.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { encodeConfig, encodeManifest, MEDIA_TYPE, normaliseReference } from '../oci/index.ts';
import { type Destination, storeBytes } from './destination.ts';
import { openDestination } from './open-destination.ts';
import { throwIfAborted } from './pump-blob.ts';
import type { LayerSource, WriteImageRequest, WrittenImage } from './write-request.ts';

const LEVELS = { gzip: [0, 9], zstd: [1, 22], none: [0, 0] } as const;

/**
 * Writes one image to an archive or a layout: complete, synced and renamed to its place, or not at all.
 * The same request gives the same bytes, whatever the time, umask, folder or number of cores.
 * Errors: USAGE (paths, names, levels), UNSUPPORTED (zstd on this Node), NOT_FOUND and UNREADABLE (input files),
 * DISK_FULL, WRITE_FAILED, INTERRUPTED, DIGEST_MISMATCH and IMAGE_INVALID (layers of another image).
 */
export async function writeImage(request: WriteImageRequest): Promise<WrittenImage> {
  const references = [...new Set(request.output.references.map(normaliseReference))];
  checkNumbers(request);
  throwIfAborted(request.signal);
  const destination = await openDestination(request.output, request.signal);
  try {
    const written = await writeTo(destination, request, references);
    throwIfAborted(request.signal);
    const { manifest, config, layers } = written;
    await destination.commit({
      manifest,
      config,
      layers: layers.map((layer) => layer.descriptor),
      platform: request.platform,
      references,
    });
    const path = resolve(request.output.path);
    (request.onEvent ?? ignoreEvents)({ kind: 'written', path, sizeBytes: written.size.compressedBytes });
    return { ...written, path, references };
  } catch (error) {
    destination.abort();
    throw error;
  }
}

async function writeTo(
  destination: Destination,
  request: WriteImageRequest,
  references: readonly string[],
): Promise<WrittenImage> {
  const layers: WrittenLayer[] = [];
  const size = { compressedBytes: 0, uncompressedBytes: 0, files: 0 };
  for (const source of request.layers) {
    const { layer, contentBytes, files } = await writeLayer(destination, source, request);
    layers.push(layer);
    size.compressedBytes += layer.descriptor.size;
    size.uncompressedBytes += contentBytes;
    size.files += files;
  }
  const diffIds = layers.map((layer) => layer.diffId);
  const configBytes = encodeConfig(request.platform, request.config, diffIds, request.mtimeSeconds ?? 0);
  const config = await storeBytes(destination, MEDIA_TYPE.ociConfig, configBytes);
  const descriptors = layers.map((layer) => layer.descriptor);
  const manifestBytes = encodeManifest(config, descriptors, request.annotations ?? {});
  const manifest = await destination.writeManifest(manifestBytes, MEDIA_TYPE.ociManifest);
  return {
    path: request.output.path,
    references,
    manifest,
    config,
    manifestDigest: manifest.digest,
    configDigest: config.digest,
    layers,
    size,
  };
}

export interface LayerResult {
  readonly layer: WrittenLayer;
  readonly contentBytes: number;
  readonly files: number;
}

async function writeLayer(
  destination: Destination,
  source: LayerSource,
  request: WriteImageRequest,
): Promise<LayerResult> {
  if (source.kind === 'image-layer') {
    const { copyLayer } = await import('./copy-layer.ts');
    return copyLayer(destination, source.image, source.layerIndex, request.signal);
  }
  const writer = layerWriter(source.entries, {
    compression: request.compression ?? 'gzip',
    compressionLevel: request.compressionLevel,
    mtimeSeconds: request.mtimeSeconds ?? 0,
    isLowest: source === request.layers[0],
    blocksFile: request.blocksFile,
  });
  const { digest, sizeBytes } = await destination.writeBlob(writer.blob);
  const descriptor: Descriptor = { mediaType: writer.mediaType, digest, size: sizeBytes };
  return {
    layer: { descriptor, diffId: writer.diffId(), tarBytes: writer.tarBytes },
    contentBytes: writer.contentBytes,
    files: writer.files,
  };
}

function checkNumbers({
  compression = 'gzip',
  compressionLevel: level,
  mtimeSeconds = 0,
}: WriteImageRequest): void {
  const [lowest, highest] = LEVELS[compression];
  if (level !== undefined && !(Number.isInteger(level) && level >= lowest && level <= highest)) {
    throw new MorselError('USAGE', `${level} is not a compression level of ${compression}`, {
      hint:
        compression === 'none' ? 'leave the level out' : `give a whole number from ${lowest} to ${highest}`,
    });
  }
  // The year 9999 is what RFC 3339, and so `created`, can still write.
  if (!(Number.isInteger(mtimeSeconds) && mtimeSeconds >= 0 && mtimeSeconds <= 253_402_300_799)) {
    throw new MorselError('USAGE', `${mtimeSeconds} is not a time in whole seconds since 1970`, {
      hint: 'check SOURCE_DATE_EPOCH',
    });
  }
}
