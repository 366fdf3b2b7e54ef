import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import {
  constants,
  crc32,
  deflateRaw as deflateRawCallback,
  deflateRawSync,
  type ZlibOptions,
} from 'node:zlib';
import type { DeflatedBlocks } from './deflated-blocks.ts';

const deflateRaw = promisify<Uint8Array, object, Buffer>(deflateRawCallback);

/** Each block is one job for libuv's pool; pigz cuts at 128 KiB, which costs more at the joints. */
export const GZIP_BLOCK_BYTES = 512 * 1024;
/** Deflate looks back at most this far (RFC 1951): the dictionary that makes joints nearly free. */
const WINDOW_BYTES = 32 * 1024;
/** A layer below this is compressed sooner than libuv's threads are started for it. */
const AT_ONCE_BYTES = 128 * 1024;
/** Blocks at work at once. libuv has 4 threads by default. */
const BLOCKS_IN_FLIGHT = 4;
/** Up to here level 9 costs less than 0.4 s; beyond, it buys 0.6 % for three times the time (bench/README.md). */
const SMALL_LAYER_BYTES = 4 * 1024 * 1024;
/** Pieces of a block that are tried first, and what they must shrink to for the block to be worth the work. */
const PROBE_PIECES = 4;
const PROBE_PIECE_BYTES = 8 * 1024;
const PROBE_WORTH_RATIO = 0.97;
const STORED_CHUNK_BYTES = 0xffff;
/** Of the pieces that the caller gets. */
const BLOCK_OUTPUT_BYTES = GZIP_BLOCK_BYTES + 16 * 1024;

/** The level by default: the smallest for small layers, the sensible one for large ones. */
export function defaultGzipLevel(tarBytes: number): number {
  return tarBytes <= SMALL_LAYER_BYTES ? 9 : 6;
}

/**
 * One gzip member (RFC 1952) from a stream, compressed in parallel on libuv's thread pool. The input is cut at fixed
 * offsets, each block but the last ends byte-aligned (Z_SYNC_FLUSH), and starts with the 32 KiB before it as its
 * dictionary: the bytes depend on input and level alone, not on the number of threads or the sizes of the chunks.
 * An input of at most one block is one plain deflate stream. No time, no name, OS "unknown".
 * @param before blocks that need not be compressed again.
 */
export async function* gzip(
  input: Iterable<Buffer>,
  level: number,
  before: DeflatedBlocks | null = null,
): AsyncGenerator<Buffer, void, undefined> {
  // RFC 1952: magic, deflate, no flags, mtime 0 ("no time stamp"), XFL 0, OS 255 ("unknown").
  yield Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  let crc = 0;
  let size = 0;
  let dictionary: Buffer | null = null;
  const inFlight: Promise<Buffer>[] = [];
  try {
    for (const { block, isLast } of cutBlocks(input)) {
      crc = crc32(block, crc);
      size += block.length;
      const compressed = deflatedBefore(before, { block, dictionary, level, isLast });
      // A block may fail while an earlier one is awaited: the error is kept for its own turn.
      compressed.catch(() => {});
      inFlight.push(compressed);
      dictionary = Buffer.from(block.subarray(Math.max(0, block.length - WINDOW_BYTES)));
      if (inFlight.length >= BLOCKS_IN_FLIGHT) yield await (inFlight.shift() as Promise<Buffer>);
    }
    while (inFlight.length > 0) yield await (inFlight.shift() as Promise<Buffer>);
  } finally {
    // The pool still reads these blocks after an abort: what holds their memory must not go before.
    await Promise.allSettled(inFlight);
  }
  before?.save();
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc, 0);
  trailer.writeUInt32LE(size % 2 ** 32, 4);
  yield trailer;
}

interface Block {
  readonly block: Buffer;
  readonly isLast: boolean;
}

/**
 * Blocks of exactly `GZIP_BLOCK_BYTES` but for the last, which may be shorter, or empty where there is no input.
 * Their memory is used again and again: a block is the caller's until `BLOCKS_IN_FLIGHT` more have been asked for.
 */
function* cutBlocks(input: Iterable<Buffer>): Generator<Block, void, undefined> {
  const ring: Buffer[] = [];
  let index = 0;
  const nextBuffer = (): Buffer =>
    (ring[index % (BLOCKS_IN_FLIGHT + 1)] ??= Buffer.allocUnsafeSlow(GZIP_BLOCK_BYTES));
  let block = nextBuffer();
  let filled = 0;
  for (const chunk of input) {
    let used = 0;
    while (used < chunk.length) {
      if (filled === GZIP_BLOCK_BYTES) {
        yield { block, isLast: false };
        index += 1;
        block = nextBuffer();
        filled = 0;
      }
      const copied = chunk.copy(block, filled, used);
      used += copied;
      filled += copied;
    }
  }
  yield { block: block.subarray(0, filled), isLast: true };
}

interface DeflateJob extends Block {
  readonly dictionary: Buffer | null;
  readonly level: number;
}

/** One block is compressed sooner than what is known of it is read. */
function deflatedBefore(before: DeflatedBlocks | null, job: DeflateJob): Promise<Buffer> {
  const isOnly = job.dictionary === null && job.isLast;
  return before === null || isOnly ? deflateBlock(job) : before.get(keyOf(job), () => deflateBlock(job));
}

/** zlib's own bytes differ between its versions. */
function keyOf({ block, dictionary, level, isLast }: DeflateJob): Buffer {
  const about = JSON.stringify([
    process.versions.zlib,
    process.arch,
    level,
    isLast,
    dictionary?.length ?? null,
  ]);
  const hash = createHash('sha256').update(`${about}\n`);
  return hash
    .update(dictionary ?? '')
    .update(block)
    .digest();
}

async function deflateBlock({ block, dictionary, level, isLast }: DeflateJob): Promise<Buffer> {
  if (level === 0 || (block.length === GZIP_BLOCK_BYTES && !(await isWorthCompressing(block)))) {
    return storedBlocks(block, isLast);
  }
  const options: ZlibOptions = {
    level,
    // A smaller symbol buffer starts new Huffman tables more often: 0.3 % smaller for programs below 1 MiB.
    memLevel: level === 9 ? 7 : 8,
    chunkSize: Math.min(BLOCK_OUTPUT_BYTES, block.length + 1024),
    finishFlush: isLast ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
    ...(dictionary === null ? {} : { dictionary }),
  };
  const isWhole = dictionary === null && isLast;
  return isWhole && block.length <= AT_ONCE_BYTES
    ? deflateRawSync(block, options)
    : deflateRaw(block, options);
}

/**
 * Whether a whole block shrinks, asked of a few pieces of it: compressed and encrypted data does not, and deflate
 * takes as long to find that out as to compress.
 */
async function isWorthCompressing(block: Buffer): Promise<boolean> {
  const stride = Math.floor(block.length / PROBE_PIECES);
  const pieces = Array.from({ length: PROBE_PIECES }, (_, index) =>
    block.subarray(index * stride, index * stride + PROBE_PIECE_BYTES),
  );
  const sample = Buffer.concat(pieces);
  const compressed = await deflateRaw(sample, { level: 1, chunkSize: sample.length + 1024 });
  return compressed.length < sample.length * PROBE_WORTH_RATIO;
}

/** Deflate's own "stored" blocks (RFC 1951, 3.2.4); they start and end at byte boundaries, as our joints do. */
function storedBlocks(block: Buffer, isLast: boolean): Buffer {
  const parts: Buffer[] = [];
  for (let start = 0; start < block.length; start += STORED_CHUNK_BYTES) {
    const chunk = block.subarray(start, start + STORED_CHUNK_BYTES);
    const isFinal = isLast && start + STORED_CHUNK_BYTES >= block.length;
    const header = Buffer.from([isFinal ? 1 : 0, 0, 0, 0, 0]);
    header.writeUInt16LE(chunk.length, 1);
    header.writeUInt16LE(~chunk.length & 0xffff, 3);
    parts.push(header, chunk);
  }
  // No input at all: an empty final block with fixed codes.
  return block.length === 0 && isLast ? Buffer.from([3, 0]) : Buffer.concat(parts);
}
