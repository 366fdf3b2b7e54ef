import { MorselError } from '../core/errors.ts';
import type { Turns } from '../core/turns.ts';
import { damaged } from './damaged.ts';

/** A frame may ask for gigabytes of memory in ten bytes. What zstd, and so every engine, refuses by default: more than 2^27. */
export const ZSTD_WINDOW_LIMIT_BYTES = 128 * 1024 * 1024;
/** Given to the decoder at a time, and so the most steps before it is known that it goes no further. */
const INPUT_PIECE_BYTES = 16 * 1024;

/**
 * All frames of a zstd stream, with libzstd itself, as WebAssembly: its bounds are zstd's own, on every Node. Node's (from
 * 22.15 on) ends silently after the first frame, and pzstd, zstd:chunked and others write many.
 * Errors: IMAGE_INVALID, LIMIT_EXCEEDED, INTERRUPTED.
 */
export async function* unzstd(
  input: AsyncIterable<Buffer>,
  name: string,
  turns: Turns,
): AsyncGenerator<Buffer, void, undefined> {
  // 80 kB, and compiled when it is loaded: only for who has a zstd layer.
  const { ZSTDDecoder } = await import('zstddec/stream');
  const decoder = new ZSTDDecoder();
  await decoder.init();
  const queue = new InputQueue();
  const output = decoder.decodeStreaming(queue);
  const pieces = piecesOf(input, name);
  for (;;) {
    // The decoder takes its input synchronously, at most one piece for each output: there is always one ahead.
    if (queue.isEmpty && !queue.isClosed) queue.add((await pieces.next()).value);
    const { value, done } = nextOutput(output, name);
    if (done === true) return;
    if (value.length > 0) yield Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    // It knows no errors, but goes no further. Each step that gives nothing took at least a byte.
    else if (queue.countFruitless() > INPUT_PIECE_BYTES) throw damaged(name, new Error(NO_PROGRESS));
    await turns.take();
  }
}

const NO_PROGRESS = `libzstd refuses the data, or a window of more than ${ZSTD_WINDOW_LIMIT_BYTES} bytes in them`;

function nextOutput(output: Generator<Uint8Array>, name: string): IteratorResult<Uint8Array> {
  try {
    return output.next();
  } catch (cause) {
    throw damaged(name, cause);
  }
}

async function* piecesOf(
  input: AsyncIterable<Buffer>,
  name: string,
): AsyncGenerator<Buffer, undefined, undefined> {
  let isFirst = true;
  for await (const chunk of input) {
    if (isFirst) checkWindow(chunk, name);
    isFirst = false;
    for (let start = 0; start < chunk.length; start += INPUT_PIECE_BYTES)
      yield chunk.subarray(start, start + INPUT_PIECE_BYTES);
  }
  return undefined;
}

/** RFC 8878, 3.1.1.1.2. Of the first frame, to say what is wrong with it: libzstd refuses it, and each later one, itself. */
function checkWindow(start: Buffer, name: string): void {
  const [flags = 0, descriptor = 0] = start.subarray(4, 6);
  const isSingleSegment = (flags & 0x20) !== 0;
  const isFrame = start.length >= 6 && start.readUInt32LE(0) === 0xfd2fb528;
  if (!isFrame || isSingleSegment) return;
  const base = 2 ** (10 + (descriptor >> 3));
  const windowBytes = base + (base / 8) * (descriptor & 7);
  if (windowBytes <= ZSTD_WINDOW_LIMIT_BYTES) return;
  throw new MorselError(
    'LIMIT_EXCEEDED',
    `${name} asks for a zstd window of ${windowBytes} bytes; the limit is ${ZSTD_WINDOW_LIMIT_BYTES}, as zstd’s own`,
    { hint: 'compress it again: zstd without --long and --ultra' },
  );
}

/** What the decoder takes next, and how often it has given nothing since. */
class InputQueue implements Iterable<Uint8Array> {
  isClosed = false;
  #next: Uint8Array | undefined;
  #fruitless = 0;

  get isEmpty(): boolean {
    return this.#next === undefined;
  }

  /** Nothing closes it. */
  add(piece: Uint8Array | undefined): void {
    this.#next = piece;
    this.isClosed = piece === undefined;
  }

  countFruitless(): number {
    return (this.#fruitless += 1);
  }

  *[Symbol.iterator](): Generator<Uint8Array, void, undefined> {
    for (let piece = this.#next; piece !== undefined; piece = this.#next) {
      this.#next = undefined;
      this.#fruitless = 0;
      yield piece;
    }
  }
}
