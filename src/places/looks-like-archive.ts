import { openByteSource } from '../core/byte-source.ts';

/** POSIX ustar, "magic", at 257; gzip, RFC 1952 section 2.3.1. */
const USTAR_OFFSET = 257;
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/** A tar archive, or one that is gzip'ed: read as an image. Errors: NOT_FOUND, UNREADABLE. */
export function looksLikeArchive(path: string): boolean {
  const source = openByteSource(path);
  try {
    const head = source.read(0, USTAR_OFFSET + 5);
    return head.toString('latin1', USTAR_OFFSET) === 'ustar' || head.subarray(0, 2).equals(GZIP_MAGIC);
  } finally {
    source.close();
  }
}
