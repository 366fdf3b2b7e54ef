export type CompressionKind = 'gzip' | 'zstd' | 'xz' | 'bzip2' | 'none';

const MAGIC: readonly (readonly [CompressionKind, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['bzip2', [0x42, 0x5a, 0x68]],
];
/** Of the bytes that `compressionOf` looks at, the most that it needs. */
export const COMPRESSION_MAGIC_BYTES = 8;

/** By the first bytes, as engines do: media types are often wrong, and a docker-archive has none. */
export function compressionOf(firstBytes: Uint8Array): CompressionKind {
  const found = MAGIC.find(([, magic]) => magic.every((byte, index) => firstBytes[index] === byte))?.[0];
  return found ?? (isSkippableFrame(firstBytes) ? 'zstd' : 'none');
}

/** RFC 8878, 3.1.2: 0x184D2A50 to 0x184D2A5F, little-endian. pzstd begins each of its frames with one. */
function isSkippableFrame([first = 0, ...rest]: Uint8Array): boolean {
  return (first & 0xf0) === 0x50 && rest[0] === 0x2a && rest[1] === 0x4d && rest[2] === 0x18;
}
