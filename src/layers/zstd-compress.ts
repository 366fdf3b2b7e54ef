import { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { MorselError } from '../core/errors.ts';

/** Node's zstd, which came with 22.15 and 23.8; the types here are those of Node 20. */
interface ZstdZlib {
  createZstdCompress(options: { readonly params: Readonly<Record<number, number>> }): NodeJS.ReadWriteStream;
  readonly constants: { readonly ZSTD_c_compressionLevel: number; readonly ZSTD_c_checksumFlag: number };
}

const SMALL_LAYER_BYTES = 4 * 1024 * 1024;

/** zstd 19 takes about 3 s for 8 MiB of code; 12 is what remains usable for 100 MB. */
export function defaultZstdLevel(tarBytes: number): number {
  return tarBytes <= SMALL_LAYER_BYTES ? 19 : 12;
}

export function hasZstd(): boolean {
  return 'createZstdCompress' in zlib;
}

/** One zstd frame. Bytes are the same for the same Node version only: they follow its libzstd. Errors: UNSUPPORTED. */
export async function* zstd(input: Iterable<Buffer>, level: number): AsyncGenerator<Buffer, void, undefined> {
  if (!hasZstd()) {
    throw new MorselError('UNSUPPORTED', `Node ${process.versions.node} cannot compress with zstd`, {
      hint: 'use Node 22.15 or later, or `--compression gzip`',
    });
  }
  const { createZstdCompress, constants } = zlib as unknown as ZstdZlib;
  const compressor = createZstdCompress({
    params: { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 0 },
  });
  const source = Readable.from(input, { objectMode: true, highWaterMark: 1 });
  source.on('error', (error) => (compressor as unknown as Readable).destroy(error));
  source.pipe(compressor);
  try {
    yield* compressor as unknown as AsyncIterable<Buffer>;
  } finally {
    source.destroy();
    (compressor as unknown as Readable).destroy();
  }
}
