import type { TarHeader } from './tar-entry.ts';
import { paddingBytes } from './header-writer.ts';
import { cutOff, parseTar } from './tar-parser.ts';

export interface TarStreamMember {
  readonly header: TarHeader;
  /** The content, to be read at most once and before the next member is asked for; what is not read is skipped. */
  readonly content: AsyncIterable<Buffer>;
}

/**
 * The members of an archive that comes as a stream of chunks of any size. After the last member the rest of the
 * stream is read and dropped, so that whoever computes a digest of it sees every byte.
 * Errors: TAR_INVALID, LIMIT_EXCEEDED, UNSUPPORTED, and what the stream itself throws.
 */
export async function* readTar(
  stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<TarStreamMember, void, undefined> {
  const input = new ChunkReader(stream);
  const steps = parseTar();
  let next = steps.next();
  while (next.done !== true) {
    const step = next.value;
    if (step.kind === 'read') {
      next = steps.next(await input.take(step.length));
      continue;
    }
    const content = new MemberContent(input, step.header.sizeBytes);
    yield { header: step.header, content };
    await content.skipRest();
    // The last block's padding may be missing (umoci insert), so a short answer is fine here.
    await input.take(paddingBytes(step.header.sizeBytes));
    next = steps.next(Buffer.alloc(0));
  }
  while ((await input.next()) !== null);
}

class MemberContent implements AsyncIterable<Buffer> {
  readonly #input: ChunkReader;
  #left: number;

  constructor(input: ChunkReader, sizeBytes: number) {
    this.#input = input;
    this.#left = sizeBytes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    while (this.#left > 0) {
      const chunk = await this.#input.next(this.#left);
      if (chunk === null) throw cutOff(this.#input.offset);
      this.#left -= chunk.length;
      yield chunk;
    }
  }

  async skipRest(): Promise<void> {
    for await (const _ of this);
  }
}

/** Cuts a stream of chunks as its reader wants them. */
class ChunkReader {
  offset = 0;
  readonly #chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
    this.#chunks =
      Symbol.asyncIterator in stream ? stream[Symbol.asyncIterator]() : stream[Symbol.iterator]();
  }

  /** The next bytes, at least one and at most `limit`; null at the end. */
  async next(limit = Number.MAX_SAFE_INTEGER): Promise<Buffer | null> {
    while (this.#rest.length === 0) {
      const { value, done } = await this.#chunks.next();
      if (done === true) return null;
      this.#rest = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
    const chunk = this.#rest.subarray(0, limit);
    this.#rest = this.#rest.subarray(chunk.length);
    this.offset += chunk.length;
    return chunk;
  }

  /** `length` bytes in one piece; fewer only at the end of the stream. */
  async take(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let left = length;
    while (left > 0) {
      const chunk = await this.next(left);
      if (chunk === null) break;
      parts.push(chunk);
      left -= chunk.length;
    }
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  }
}
