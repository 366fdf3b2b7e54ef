import type { ByteSource } from '../core/byte-source.ts';
import type { ElfFile } from './elf-file.ts';
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

/** How much of what follows a mark is read where a text need not end. */
const FOLLOWING_BYTES = 64;

/**
 * What begins with a match of `mark`, each once: up to the first byte that is not printable, or 64 bytes. The literals of
 * Rust and Go have no end: what follows may be another one's.
 */
export function textsFrom(source: ByteSource, mark: RegExp, search: CStringSearch): readonly FoundCString[] {
  const found = new Map<string, boolean>();
  for (const { offset, sizeBytes } of search.ranges) {
    const end = Math.min(offset + sizeBytes, source.sizeBytes, offset + search.limitBytes);
    for (let at = offset; at < end && found.size < search.limitStrings; at += CHUNK_BYTES) {
      const start = Math.max(offset, at - 1);
      const chunk = source.read(start, Math.min(at + CHUNK_BYTES + FOLLOWING_BYTES, end) - start);
      for (const { index } of chunk.toString('latin1').matchAll(mark)) {
        if (found.size >= search.limitStrings) break;
        const { text, isWhole } = textAt(chunk, index);
        found.set(text, found.get(text) === true || isWhole);
      }
    }
  }
  return [...found].map(([text, isWhole]) => ({ text, isWhole }));
}

/** How much of two chunks is looked at twice: the longest match that may lie across their border. */
const MATCH_BYTES = 512;

/**
 * The first group of each match of `pattern` (which is global) among the constants of an object, in one pass; ends where
 * `take` answers false. A match at the border of two chunks may come twice.
 */
export function eachConstant(
  elf: ElfFile,
  pattern: RegExp,
  limitBytes: number,
  take: (text: string) => boolean,
): void {
  let left = limitBytes;
  const ranges = elf.constantRanges();
  // `ld -N` puts all into one segment that can be written.
  const all = [{ offset: 0, sizeBytes: elf.source.sizeBytes }];
  for (const { offset, sizeBytes } of ranges.length > 0 ? ranges : all) {
    const end = Math.min(offset + sizeBytes, elf.source.sizeBytes, offset + left);
    left -= Math.max(0, end - offset);
    for (let at = offset; at < end; at += CHUNK_BYTES) {
      const chunk = elf.source.read(at, Math.min(CHUNK_BYTES + MATCH_BYTES, end - at));
      for (const [, text = ''] of chunk.toString('latin1').matchAll(pattern)) if (!take(text)) return;
    }
  }
}

function textAt(chunk: Buffer, start: number): FoundCString {
  let end = start;
  while (end - start < FOLLOWING_BYTES && isPrintable(chunk[end])) end += 1;
  const isWhole = chunk[end] === 0 && (start === 0 || chunk[start - 1] === 0);
  return { text: chunk.toString('latin1', start, end), isWhole };
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
