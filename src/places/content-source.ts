import type { Readable } from 'node:stream';
import type { Descriptor } from '../oci/descriptor.ts';

/**
 * All that a name stands for, wherever it lives: an image, or an index with everything below it, byte for byte. Who wants
 * to look into one image opens it as `Image`; who moves it, whole and unchanged, needs no more than this.
 */
export interface ContentSource {
  /** For messages: `hello.tar:hello:1`. */
  readonly name: string;
  /** The index or manifest that is meant. */
  readonly root: Descriptor;
  /** What it is called there, with its registry where it has one. */
  readonly references: readonly string[];
  /** A manifest, an index or a config, verified. Errors: those of reading, DIGEST_MISMATCH, LIMIT_EXCEEDED. */
  document(descriptor: Descriptor): Promise<Buffer>;
  /** Bytes of a blob; the stream fails when they are not it. */
  openBlob(descriptor: Descriptor): Readable;
  /** What refers to a manifest here: signatures, evidence, SBOMs. */
  referrers(subject: Descriptor): Promise<readonly Descriptor[]>;
  close(): void;
}
