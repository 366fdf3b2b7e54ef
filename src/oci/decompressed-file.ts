import type { ByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import { compressionOf, decompress } from './decompress.ts';
import { SpoolFile } from './spool-file.ts';
import { readChunks } from './verified-blob.ts';

/** Of a compressed archive, when unpacked beside; a bomb of zeros stops here. */
export const ARCHIVE_LIMIT_BYTES = 32 * 1024 ** 3;

/**
 * The source itself, or, when its bytes are compressed (`docker save x | gzip`), a temporary file with what is in it.
 * Errors: UNSUPPORTED, IMAGE_INVALID, LIMIT_EXCEEDED, DISK_FULL.
 */
export async function decompressedFile(source: ByteSource): Promise<ByteSource> {
  const kind = compressionOf(source.read(0, 8));
  if (kind === 'none') return source;
  if (kind === 'xz' || kind === 'bzip2') {
    throw new MorselError('UNSUPPORTED', `${source.name} is compressed with ${kind}`, {
      hint: `unpack it first: ${kind === 'xz' ? 'xz -dk' : 'bzip2 -dk'} ${source.name}`,
    });
  }
  const spool = new SpoolFile(source.name);
  try {
    for await (const chunk of decompress(readChunks(source), source.name)) {
      if (spool.sizeBytes + chunk.length > ARCHIVE_LIMIT_BYTES) {
        throw new MorselError(
          'LIMIT_EXCEEDED',
          `${source.name} unpacks to more than ${ARCHIVE_LIMIT_BYTES} bytes`,
        );
      }
      spool.append(chunk);
    }
    return spool.source();
  } catch (error) {
    spool.close();
    throw error;
  }
}
