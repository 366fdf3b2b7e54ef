import { createHash } from 'node:crypto';
import type { Digest, DiffId } from './descriptor.ts';

const SHA256 = /^sha256:[0-9a-f]{64}$/;

/** A digest of the one algorithm that images use in practice; sha512 is registered too, but no tool writes it. */
export function isDigest(text: string): text is Digest {
  return SHA256.test(text);
}

export function sha256Digest(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Digest;
}

export function digestOfHex(hex: string): Digest {
  return `sha256:${hex}` as Digest;
}

/** A layer stored without compression has one hash for both: these name which of the two is meant. */
export function diffIdOfHex(hex: string): DiffId {
  return `sha256:${hex}` as DiffId;
}

/** Where an OCI layout keeps a blob (image-layout.md): `blobs/sha256/<hex>`. */
export function blobPath(digest: Digest): string {
  return `blobs/${digest.replace(':', '/')}`;
}
