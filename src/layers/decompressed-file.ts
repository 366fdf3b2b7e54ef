import type { ByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import { Turns } from '../core/turns.ts';
import { COMPRESSION_MAGIC_BYTES, compressionOf } from './compression-kind.ts';
import { decompress } from './decompress.ts';
import { SpoolFile } from './spool-file.ts';
import { UnpackBudget } from './unpack-budget.ts';
import { readChunks } from '../oci/index.ts';

/** Of a compressed archive, when unpacked beside. */
export const ARCHIVE_LIMIT_BYTES = 32 * 1024 ** 3;

/**
 * The source itself, or, when its bytes are compressed (`docker save x | gzip`), a temporary file with what is in it.
 * Errors: UNSUPPORTED, IMAGE_INVALID, LIMIT_EXCEEDED, DISK_FULL, INTERRUPTED.
 */
export async function decompressedFile(source: ByteSource, signal?: AbortSignal): Promise<ByteSource> {
  const kind = compressionOf(source.read(0, COMPRESSION_MAGIC_BYTES));
  if (kind === 'none') return source;
  if (kind === 'xz' || kind === 'bzip2') {
    throw new MorselError('UNSUPPORTED', `${source.name} is compressed with ${kind}`, {
      hint: `unpack it first: ${kind === 'xz' ? 'xz -dk' : 'bzip2 -dk'} ${source.name}`,
    });
  }
  const turns = new Turns(signal, `${source.name} was decompressed`);
  const budget = new UnpackBudget(source.name, ARCHIVE_LIMIT_BYTES);
  budget.addStored(source.name, source.sizeBytes);
  const spool = new SpoolFile(source.name);
  try {
    for await (const chunk of decompress(readChunks(source), source.name, turns)) {
      await turns.take();
      budget.addUnpacked(chunk.length);
      spool.append(chunk);
    }
    return spool.source();
  } catch (error) {
    spool.close();
    throw error;
  }
}
