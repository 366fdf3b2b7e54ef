import { ChunkReader } from './chunk-reader.ts';
import type { TarHeader } from './tar-entry.ts';
import { paddingBytes } from './header-writer.ts';
import { cutOff } from './tar-errors.ts';
import { parseTar } from './tar-parser.ts';

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
  try {
    yield* readMembers(input);
    while ((await input.next()) !== null);
  } finally {
    await input.close();
  }
}

async function* readMembers(input: ChunkReader): AsyncGenerator<TarStreamMember, void, undefined> {
  const steps = parseTar();
  let next = steps.next();
  while (next.done !== true) {
    const step = next.value;
    if (step.kind === 'read') {
      next = steps.next(input.takeNow(step.length) ?? (await input.take(step.length)));
      continue;
    }
    const content = new MemberContent(input, step.header.sizeBytes);
    yield { header: step.header, content };
    if (step.header.sizeBytes > 0) await content.skipRest();
    // The last block's padding may be missing (umoci insert), so a short answer is fine here.
    const padding = paddingBytes(step.header.sizeBytes);
    if (input.takeNow(padding) === null) await input.take(padding);
    next = steps.next(Buffer.alloc(0));
  }
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
