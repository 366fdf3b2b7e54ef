import type { ByteSource } from '../core/byte-source.ts';
import type { ByteRange } from './program-headers.ts';

const CHUNK_BYTES = 256 * 1024;

export interface FindStringsOptions {
  /** Where to look; the whole file when not given. */
  readonly ranges?: readonly ByteRange[];
  /** Stop after so many bytes; no limit when not given. */
  readonly limitBytes?: number;
}

/**
 * The first place of each needle in the bytes, in one pass with one buffer: needle to file offset, without the
 * needles that are not there. Needles are matched as UTF-8 bytes; write `\0` around one to match a whole C string.
 */
export function findStrings<Needle extends string>(
  source: ByteSource,
  needles: readonly Needle[],
  options: FindStringsOptions = {},
): ReadonlyMap<Needle, number> {
  const found = new Map<Needle, number>();
  let wanted = needles
    .map((needle) => ({ needle, bytes: Buffer.from(needle) }))
    .filter(({ bytes }) => bytes.length > 0);
  const overlap = Math.max(0, ...wanted.map(({ bytes }) => bytes.length - 1));
  let left = options.limitBytes ?? Number.POSITIVE_INFINITY;
  for (const range of options.ranges ?? [{ offset: 0, sizeBytes: source.sizeBytes }]) {
    const end = Math.min(range.offset + range.sizeBytes, source.sizeBytes, range.offset + left);
    for (let at = range.offset; at < end && wanted.length > 0; at += CHUNK_BYTES) {
      const chunk = source.read(at, Math.min(CHUNK_BYTES + overlap, end - at));
      left -= Math.min(CHUNK_BYTES, chunk.length);
      wanted = wanted.filter(({ needle, bytes }) => {
        const index = chunk.indexOf(bytes);
        if (index >= 0) found.set(needle, at + index);
        return index < 0;
      });
    }
  }
  return found;
}

/** How long a string around a finding may be. */
const SURROUNDING_LIMIT_BYTES = 4096;

/** The whole printable string in which `offset` lies, such as `OPENSSLDIR: "/usr/lib/ssl"` around a hit of its start. */
export function stringAround(source: ByteSource, offset: number): string {
  const start = Math.max(0, offset - SURROUNDING_LIMIT_BYTES);
  const bytes = source.read(start, offset - start + SURROUNDING_LIMIT_BYTES);
  let from = offset - start;
  let to = from;
  while (from > 0 && isText(bytes[from - 1])) from--;
  while (to < bytes.length && isText(bytes[to])) to++;
  return bytes.toString('utf8', from, to);
}

function isText(byte: number | undefined): boolean {
  return byte !== undefined && (byte >= 0x20 || byte === 0x09 || byte === 0x0a) && byte !== 0x7f;
}
