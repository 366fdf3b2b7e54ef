import { createHash } from 'node:crypto';
import { checkBlobDigest, checkBlobSize, type Descriptor, digestOfHex } from '../../oci/index.ts';
import type { BlobContent } from '../destination.ts';

/**
 * What of a blob is still to be sent. All of it is read and hashed, also what the registry has: what is sent on must be the
 * rest of the same. Error: DIGEST_MISMATCH, before the last byte is handed on.
 */
export async function* checkedFrom(
  offset: number,
  content: BlobContent,
  expected: Descriptor,
  where: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let held: Uint8Array | null = null;
  for await (const chunk of content) {
    const skipped = Math.min(Math.max(offset - sizeBytes, 0), chunk.length);
    sizeBytes += chunk.length;
    if (sizeBytes > expected.size) checkBlobSize(sizeBytes, expected, where);
    hash.update(chunk);
    if (skipped === chunk.length) continue;
    if (held !== null) yield held;
    held = skipped === 0 ? chunk : chunk.subarray(skipped);
  }
  checkBlobSize(sizeBytes, expected, where);
  checkBlobDigest(digestOfHex(hash.digest('hex')), expected, where);
  if (held !== null) yield held;
}
