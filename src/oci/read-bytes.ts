import type { Readable } from 'node:stream';
import { MorselError } from '../core/errors.ts';
import type { Descriptor } from './descriptor.ts';
import { OVERSIZED_IMAGE_HINT } from './hints.ts';
import { METADATA_LIMIT_BYTES } from './parse-json.ts';

/** A small blob in one piece, from a stream that verifies it. Errors: LIMIT_EXCEEDED, and those of the stream. */
export async function readBytes(
  blob: Readable,
  { digest, size }: Descriptor,
  where: string,
): Promise<Buffer> {
  if (size > METADATA_LIMIT_BYTES) {
    blob.destroy();
    throw new MorselError(
      'LIMIT_EXCEEDED',
      `${where}: the blob ${digest} has ${size} bytes; the limit is ${METADATA_LIMIT_BYTES}`,
      { hint: OVERSIZED_IMAGE_HINT },
    );
  }
  const chunks: Buffer[] = [];
  for await (const chunk of blob as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
