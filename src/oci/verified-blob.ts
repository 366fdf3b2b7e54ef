import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import { DAMAGED_IMAGE_HINT, OVERSIZED_IMAGE_HINT } from './hints.ts';
import { METADATA_LIMIT_BYTES } from './parse-json.ts';
import type { Descriptor, Digest } from './descriptor.ts';
import { digestOfHex, sha256Digest } from './digest.ts';

const READ_BYTES = 1024 * 1024;

export function* readChunks(source: ByteSource): Generator<Buffer, void, undefined> {
  for (let offset = 0; offset < source.sizeBytes; offset += READ_BYTES) {
    const chunk = source.read(offset, READ_BYTES);
    if (chunk.length === 0) return;
    yield chunk;
  }
}

/** The blob's bytes; fails at its end when they are not what the descriptor says. Errors: DIGEST_MISMATCH. */
export function openVerifiedBlob(source: ByteSource, descriptor: Descriptor, where: string): Readable {
  return Readable.from(verified(source, descriptor, where), { objectMode: false, highWaterMark: READ_BYTES });
}

function* verified(
  source: ByteSource,
  descriptor: Descriptor,
  where: string,
): Generator<Buffer, void, undefined> {
  try {
    checkBlobSize(source.sizeBytes, descriptor, where);
    const hash = createHash('sha256');
    for (const chunk of readChunks(source)) {
      hash.update(chunk);
      yield chunk;
    }
    checkBlobDigest(digestOfHex(hash.digest('hex')), descriptor, where);
  } finally {
    source.close();
  }
}

/** A manifest, config or index in one piece. Errors: DIGEST_MISMATCH, LIMIT_EXCEEDED. */
export function readVerifiedBlob(source: ByteSource, descriptor: Descriptor, where: string): Buffer {
  try {
    checkBlobSize(source.sizeBytes, descriptor, where);
    if (source.sizeBytes > METADATA_LIMIT_BYTES) {
      throw new MorselError(
        'LIMIT_EXCEEDED',
        `${where}: the blob ${descriptor.digest} has ${source.sizeBytes} bytes; the limit is ${METADATA_LIMIT_BYTES}`,
        { hint: OVERSIZED_IMAGE_HINT },
      );
    }
    const bytes = source.read(0, source.sizeBytes);
    checkBlobDigest(sha256Digest(bytes), descriptor, where);
    return bytes;
  } finally {
    source.close();
  }
}

/** Error: DIGEST_MISMATCH when a blob has not the size that its descriptor says. */
export function checkBlobSize(sizeBytes: number, { digest, size }: Descriptor, where: string): void {
  if (sizeBytes === size) return;
  throw new MorselError(
    'DIGEST_MISMATCH',
    `${where}: the blob ${digest} has ${sizeBytes} bytes, its descriptor says ${size}`,
    { hint: DAMAGED_IMAGE_HINT, details: { digest } },
  );
}

/** Error: DIGEST_MISMATCH when the digest that was found is another. */
export function checkBlobDigest(found: Digest, { digest }: Descriptor, where: string): void {
  if (found === digest) return;
  throw new MorselError('DIGEST_MISMATCH', `${where}: the blob ${digest} has the digest ${found}`, {
    hint: DAMAGED_IMAGE_HINT,
    details: { digest, found },
  });
}
