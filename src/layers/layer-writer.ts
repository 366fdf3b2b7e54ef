import { createHash } from 'node:crypto';
import type { Compression } from '../core/choices.ts';
import { layerTarEntries, normaliseEntries, parentDirectories, type LayerEntry } from '../rootfs/index.ts';
import { tarSizeBytes, writeTar } from '../tar/index.ts';
import type { DiffId } from '../oci/descriptor.ts';
import { diffIdOfHex, MEDIA_TYPE } from '../oci/index.ts';
import { DeflatedBlocks } from './deflated-blocks.ts';
import { defaultGzipLevel, gzip, GZIP_BLOCK_BYTES } from './gzip.ts';

export interface LayerWriterOptions {
  readonly compression: Compression;
  readonly compressionLevel: number | undefined;
  readonly mtimeSeconds: number;
  /** No layer is below: parents without an entry get one (see `parentDirectories`). */
  readonly isLowest: boolean;
  /** A file of blocks that were compressed before; replaced by those of this layer. gzip only. */
  readonly blocksFile?: string | undefined;
}

/** A layer on its way: stream `blob` to its end, then ask for the rest. */
export interface LayerWriter {
  readonly mediaType: string;
  readonly tarBytes: number;
  /** Sum of the files' contents. */
  readonly contentBytes: number;
  readonly files: number;
  readonly blob: AsyncIterable<Buffer> | Iterable<Buffer>;
  /** Of the uncompressed tar; only after `blob` has been read to its end. */
  diffId(): DiffId;
}

const LAYER_MEDIA_TYPE: Readonly<Record<Compression, string>> = {
  gzip: MEDIA_TYPE.ociLayerGzip,
  zstd: MEDIA_TYPE.ociLayerZstd,
  none: MEDIA_TYPE.ociLayerTar,
};

/** Entries -> sorted tar -> hash -> compressed blob, in one pass that holds a few megabytes. Errors: USAGE, UNSUPPORTED. */
export function layerWriter(entries: readonly LayerEntry[], options: LayerWriterOptions): LayerWriter {
  const given = normaliseEntries(entries);
  const sorted = options.isLowest ? normaliseEntries([...given, ...parentDirectories(given)]) : given;
  const tarBytes = tarSizeBytes(layerTarEntries(sorted, options.mtimeSeconds));
  const hash = createHash('sha256');
  function* hashedTar(): Generator<Buffer, void, undefined> {
    for (const chunk of writeTar(layerTarEntries(sorted, options.mtimeSeconds))) {
      hash.update(chunk);
      yield chunk;
    }
  }
  let contentBytes = 0;
  for (const entry of sorted) contentBytes += entry.kind === 'file' ? entry.sizeBytes : 0;
  return {
    mediaType: LAYER_MEDIA_TYPE[options.compression],
    tarBytes,
    contentBytes,
    files: sorted.filter((entry) => entry.kind !== 'directory').length,
    blob: compress(hashedTar(), tarBytes, options),
    diffId: () => diffIdOfHex(hash.digest('hex')),
  };
}

function compress(
  tar: Iterable<Buffer>,
  tarBytes: number,
  { compression, compressionLevel, blocksFile }: LayerWriterOptions,
): AsyncIterable<Buffer> | Iterable<Buffer> {
  switch (compression) {
    case 'gzip':
      return gzip(
        tar,
        compressionLevel ?? defaultGzipLevel(tarBytes),
        blocksFile === undefined || tarBytes <= GZIP_BLOCK_BYTES ? null : new DeflatedBlocks(blocksFile),
      );
    case 'zstd':
      return zstdOf(tar, tarBytes, compressionLevel);
    case 'none':
      return tar;
  }
}

async function* zstdOf(
  tar: Iterable<Buffer>,
  tarBytes: number,
  level: number | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  const { defaultZstdLevel, zstd } = await import('./zstd-compress.ts');
  yield* zstd(tar, level ?? defaultZstdLevel(tarBytes));
}
