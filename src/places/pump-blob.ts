import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MorselError } from '../core/errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { checkBlobDigest, checkBlobSize, digestOfHex } from '../oci/index.ts';
import type { BlobContent, StoredBlob } from './destination.ts';

/** Written between two looks at the signal; also when the loop is given to others. */
const TURN_BYTES = 4 * 1024 * 1024;

export interface PumpOptions {
  /** What the bytes must be; not more than its size of them are written. */
  readonly expected: Descriptor | undefined;
  /** The place, for messages. */
  readonly where: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Hands each chunk to `write` and hashes it. Errors: DIGEST_MISMATCH, after which what was written is to be taken back;
 * INTERRUPTED; and those of both sides.
 */
export async function pumpBlob(
  content: BlobContent,
  write: (chunk: Uint8Array) => void,
  { expected, where, signal }: PumpOptions,
): Promise<StoredBlob> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let nextTurnAt = TURN_BYTES;
  for await (const chunk of content) {
    sizeBytes += chunk.length;
    if (expected !== undefined && sizeBytes > expected.size) checkBlobSize(sizeBytes, expected, where);
    hash.update(chunk);
    write(chunk);
    if (sizeBytes >= nextTurnAt) {
      // A layer without compression comes synchronously: without a turn of the loop no SIGINT would be heard.
      await nextTurn();
      nextTurnAt = sizeBytes + TURN_BYTES;
    }
    throwIfAborted(signal);
  }
  const digest = digestOfHex(hash.digest('hex'));
  if (expected !== undefined) {
    checkBlobSize(sizeBytes, expected, where);
    checkBlobDigest(digest, expected, where);
  }
  return { digest, sizeBytes };
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new MorselError('INTERRUPTED', 'interrupted while the image was written', {
      hint: 'start it again; nothing was left behind',
    });
}
