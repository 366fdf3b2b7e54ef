import type { ByteSource } from '../core/byte-source.ts';
import type { ByteRange } from './program-headers.ts';

const CHUNK_BYTES = 256 * 1024;
/** PATH_MAX. */
const LENGTH_LIMIT = 4096;
const OVERLAP_BYTES = LENGTH_LIMIT;

export interface CStringSearch {
  readonly ranges: readonly ByteRange[];
  /** Bytes looked at in all. */
  readonly limitBytes: number;
  /** Strings found in all. */
  readonly limitStrings: number;
}

/** A text among the constants, from the byte after a NUL (or the start of `mark`) up to the next NUL. */
export interface FoundCString {
  readonly text: string;
  /** Whether it begins with its first byte: compilers of Rust and Go put literals side by side. */
  readonly isWhole: boolean;
}

/**
 * The printable texts in which `mark` is, each once, in one pass with one buffer: a text ends with a byte that is not
 * printable, and begins after one. Texts longer than a path are passed over.
 */
export function cStringsWith(
  source: ByteSource,
  mark: string,
  search: CStringSearch,
): readonly FoundCString[] {
  const found = new Map<string, boolean>();
  let left = search.limitBytes;
  for (const { offset, sizeBytes } of search.ranges) {
    const end = Math.min(offset + sizeBytes, source.sizeBytes, offset + left);
    for (let at = offset; at < end && found.size < search.limitStrings; at += CHUNK_BYTES) {
      // A text that begins in this chunk is read to its end; one before it belongs to the last.
      const start = Math.max(offset, at - OVERLAP_BYTES);
      const chunk = source.read(start, Math.min(at + CHUNK_BYTES + OVERLAP_BYTES, end) - start);
      collect(chunk, mark, { from: at - start, to: at - start + CHUNK_BYTES }, search.limitStrings, found);
    }
    left -= Math.max(0, end - offset);
  }
  return [...found].map(([text, isWhole]) => ({ text, isWhole }));
}

function collect(
  chunk: Buffer,
  mark: string,
  { from, to }: { readonly from: number; readonly to: number },
  limit: number,
  found: Map<string, boolean>,
): void {
  for (let at = chunk.indexOf(mark, from); at >= 0 && at < to; at = chunk.indexOf(mark, at + 1)) {
    let start = at;
    while (start > 0 && at - start < LENGTH_LIMIT && isPrintable(chunk[start - 1])) start -= 1;
    let end = at + mark.length;
    while (end < chunk.length && end - start < LENGTH_LIMIT && isPrintable(chunk[end])) end += 1;
    if (end - start >= LENGTH_LIMIT) continue;
    const isWhole = chunk[end] === 0 && (start === 0 || chunk[start - 1] === 0);
    const text = chunk.toString('latin1', start, end);
    found.set(text, found.get(text) === true || isWhole);
    if (found.size >= limit) return;
  }
}

const isPrintable = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x20 && byte < 0x7f;
