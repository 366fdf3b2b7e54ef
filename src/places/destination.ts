import type { Descriptor, Digest, Platform } from '../oci/descriptor.ts';
import { sha256Digest } from '../oci/index.ts';

/** The bytes of a blob; read once, and stopped where a destination refuses them. */
export type BlobContent = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** The same, as often as they are wanted: a connection may break. */
export type BlobOpener = () => BlobContent;

/**
 * A place that takes one image: its blobs, then its manifest, then its names. Readers of the place see the image only
 * after `commit`, and then all of it.
 */
export interface Destination {
  /** How many blobs it takes at the same time; absent: one after the other. */
  readonly blobsAtOnce?: number;
  /** Whether the place has this blob already, its bytes verified: then it need not be written. Error: INTERRUPTED. */
  has(descriptor: Descriptor): Promise<boolean>;
  /**
   * Stores a blob while its digest is computed. Bytes that are not what `expected` says are refused, and the place is as
   * it was before. Errors: DIGEST_MISMATCH, DISK_FULL, WRITE_FAILED, LIMIT_EXCEEDED, INTERRUPTED, those of `content`.
   */
  writeBlob(content: BlobContent | BlobOpener, expected?: Descriptor): Promise<StoredBlob>;
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
  /** Of the image that is meant where only one can be named: of an index, this machine's. null: it is no image. */
  readonly config: Descriptor | null;
  readonly layers: readonly Descriptor[];
  /** null: an index, which is for several, or no image. */
  readonly platform: Platform | null;
  /** Normalised. */
  readonly references: readonly string[];
}

export function openOnce(content: BlobContent | BlobOpener): BlobContent {
  return typeof content === 'function' ? content() : content;
}

/** Bytes that are there in one piece. */
export async function storeBytes(
  { writeBlob }: Pick<Destination, 'writeBlob'>,
  mediaType: string,
  bytes: Buffer,
): Promise<Descriptor> {
  const descriptor = { mediaType, digest: sha256Digest(bytes), size: bytes.length };
  await writeBlob(() => [bytes], descriptor);
  return descriptor;
}
