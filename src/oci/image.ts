import type { Readable } from 'node:stream';
import type { Descriptor } from './descriptor.ts';
import type { ImageConfig } from './config.ts';
import type { Manifest } from './manifest.ts';

/**
 * One image (one platform), read-only, wherever it lives: an OCI layout, an archive, an unpacked docker-archive,
 * later a registry. Manifest and config have been read, bounded, verified and parsed when you hold one of these.
 */
export interface Image {
  /** For messages: `hello.tar`, `layout:hello`. */
  readonly name: string;
  readonly manifestDescriptor: Descriptor;
  readonly manifest: Manifest;
  readonly manifestBytes: Buffer;
  readonly config: ImageConfig;
  readonly configBytes: Buffer;
  /** Tags or names that its container gives it: `hello:latest`. */
  readonly references: readonly string[];
  /** Bytes of a blob, at most `descriptor.size` of them; the stream fails with DIGEST_MISMATCH when they are not it. */
  openBlob(descriptor: Descriptor): Readable;
  close(): void;
}
