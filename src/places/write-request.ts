import type { WritableLocation } from './open-destination.ts';
import type { Compression } from '../core/choices.ts';
import type { EventSink } from '../core/events.ts';
import type { LayerEntry } from '../rootfs/layer-entry.ts';
import type { WrittenLayer } from '../layers/written-layer.ts';
import type { RuntimeConfig } from '../oci/config.ts';
import type { Descriptor, Digest, Platform } from '../oci/descriptor.ts';
import type { Image } from '../oci/image.ts';

/** A layer of the image to write: made from entries, or taken over unchanged from another image (a base). */
export type LayerSource =
  | { readonly kind: 'entries'; readonly entries: readonly LayerEntry[] }
  | { readonly kind: 'image-layer'; readonly image: Image; readonly layerIndex: number };

/** Where the image goes. `references` are names such as `hello` or `ghcr.io/me/hello:1.2`; `:latest` is added. */
export interface ImageOutput extends WritableLocation {
  readonly references: readonly string[];
}

export interface WriteImageRequest {
  /** Lowest first. */
  readonly layers: readonly LayerSource[];
  readonly platform: Platform;
  readonly config: RuntimeConfig;
  /** Of the manifest: `org.opencontainers.image.title` … */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Default gzip. */
  readonly compression?: Compression;
  /** gzip 0 to 9, zstd 1 to 22; by default chosen by the layer's size. */
  readonly compressionLevel?: number | undefined;
  /** Where blocks that were compressed before are kept, for gzip: absolute; it need not be there. */
  readonly blocksFile?: string | undefined;
  /** Of every file, and of the image (`created`) when it is not 0. SOURCE_DATE_EPOCH, or 0 by default. */
  readonly mtimeSeconds?: number;
  readonly output: ImageOutput;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: EventSink | undefined;
}

export interface ImageSize {
  /** Sum of the layer blobs: what a registry stores and a client pulls, beside manifest and config. */
  readonly compressedBytes: number;
  /** Sum of the regular files' contents, hard links once: what `docker images` shows as SIZE. */
  readonly uncompressedBytes: number;
  /** Paths that are not directories. */
  readonly files: number;
}

export interface WrittenImage {
  /** The archive or the layout directory, absolute. */
  readonly path: string;
  /** Normalised: with their tag. */
  readonly references: readonly string[];
  readonly manifest: Descriptor;
  readonly config: Descriptor;
  readonly manifestDigest: Digest;
  readonly configDigest: Digest;
  readonly layers: readonly WrittenLayer[];
  readonly size: ImageSize;
}
