import type { Descriptor, Digest, Platform } from '../oci/descriptor.ts';

/** The bytes of a blob; read once, and stopped where a destination refuses them. */
export type BlobContent = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * A place that takes one image: its blobs, then its manifest, then its names. Readers of the place see the image only
 * after `commit`, and then all of it.
 */
export interface Destination {
  /** Whether the place has this blob already, its bytes verified: then it need not be written. Error: INTERRUPTED. */
  has(descriptor: Descriptor): Promise<boolean>;
  /**
   * Stores a blob while its digest is computed. Bytes that are not what `expected` says are refused, and the place is as
   * it was before. Errors: DIGEST_MISMATCH, DISK_FULL, WRITE_FAILED, LIMIT_EXCEEDED, INTERRUPTED, those of `content`.
   */
  writeBlob(content: BlobContent, expected?: Descriptor): Promise<StoredBlob>;
  /** Apart from blobs: a registry takes them by another way, and only when it has what they name. */
  writeManifest(bytes: Buffer, mediaType: string): Promise<Descriptor>;
  /** The image becomes visible, complete, under its names. */
  commit(image: FinishedImage): Promise<void>;
  /** Everything written so far goes away; harmless after `commit`. */
  abort(): void;
}

export interface StoredBlob {
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/** What has been written, and what it is called. */
export interface FinishedImage {
  readonly manifest: Descriptor;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly platform: Platform;
  /** Normalised. */
  readonly references: readonly string[];
}

/** Bytes that are there in one piece. */
export async function storeBytes(
  { writeBlob }: Pick<Destination, 'writeBlob'>,
  mediaType: string,
  bytes: Buffer,
): Promise<Descriptor> {
  const { digest, sizeBytes } = await writeBlob([bytes]);
  return { mediaType, digest, size: sizeBytes };
}
