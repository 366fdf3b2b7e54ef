import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MorselError } from '../core/errors.ts';
import type { Descriptor, Digest, Platform } from '../oci/descriptor.ts';
import { digestOfHex } from '../oci/index.ts';

/** A place that takes the blobs of one image, and shows it to others only on `commit`. */
export interface ImageDestination {
  /** Stores one blob while its digest is computed. */
  writeBlob(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<StoredBlob>;
  /** The image becomes visible, complete. */
  commit(image: FinishedImage): Promise<void>;
  /** Everything written so far goes away; harmless after `commit`. */
  abort(): void;
}

export interface StoredBlob {
  readonly digest: Digest;
  readonly sizeBytes: number;
}

export interface FinishedImage {
  readonly manifest: Descriptor;
  readonly configDigest: Digest;
  readonly layerDigests: readonly Digest[];
  readonly platform: Platform;
  /** Normalised. */
  readonly references: readonly string[];
}

/** Written between two looks at the signal; also when the loop is given to others. */
const TURN_BYTES = 4 * 1024 * 1024;

/** Hands each chunk to `write` and hashes it. Errors: INTERRUPTED, and those of both sides. */
export async function pumpBlob(
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  write: (chunk: Uint8Array) => void,
  signal: AbortSignal | undefined,
): Promise<StoredBlob> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let nextTurnAt = TURN_BYTES;
  for await (const chunk of content) {
    hash.update(chunk);
    write(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes >= nextTurnAt) {
      // A layer without compression comes synchronously: without a turn of the loop no SIGINT would be heard.
      await nextTurn();
      nextTurnAt = sizeBytes + TURN_BYTES;
    }
    throwIfAborted(signal);
  }
  return { digest: digestOfHex(hash.digest('hex')), sizeBytes };
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new MorselError('INTERRUPTED', 'interrupted while the image was written', {
      hint: 'start it again; nothing was left behind',
    });
}
