import { Readable, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { MorselError } from '../core/errors.ts';

export type CompressionKind = 'gzip' | 'zstd' | 'xz' | 'bzip2' | 'none';

const MAGIC: readonly (readonly [CompressionKind, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['bzip2', [0x42, 0x5a, 0x68]],
];

/** By the first bytes, as engines do: media types are often wrong, and a docker-archive has none. */
export function compressionOf(firstBytes: Uint8Array): CompressionKind {
  return MAGIC.find(([, magic]) => magic.every((byte, index) => firstBytes[index] === byte))?.[0] ?? 'none';
}

/**
 * What is in a compressed stream, or the stream itself. `name` is whose bytes, for messages.
 * Errors: IMAGE_INVALID for damaged data, UNSUPPORTED for xz and bzip2, which layers must not be.
 */
export async function* decompress(
  input: AsyncIterable<Buffer> | Iterable<Buffer>,
  name: string,
): AsyncGenerator<Buffer, void, undefined> {
  const { first, all } = await peek(input);
  const kind = compressionOf(first);
  switch (kind) {
    case 'none':
      yield* all;
      return;
    case 'gzip':
      yield* through(all, zlib.createGunzip({ chunkSize: 256 * 1024 }), name);
      return;
    case 'zstd':
      yield* unzstd(all, name);
      return;
    case 'xz':
    case 'bzip2':
      throw new MorselError('UNSUPPORTED', `${name} is compressed with ${kind}, which no layer may be`);
  }
}

async function* unzstd(input: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer, void, undefined> {
  if ('createZstdDecompress' in zlib) {
    yield* through(input, (zlib.createZstdDecompress as () => Transform)(), name);
    return;
  }
  // Node 20 and 22.14 have none: fzstd is plain JavaScript, loaded only here (docs/decisions).
  const { Decompress } = await import('fzstd');
  const ready: Buffer[] = [];
  const decoder = new Decompress((chunk) =>
    ready.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)),
  );
  try {
    for await (const chunk of input) {
      decoder.push(chunk);
      yield* ready.splice(0);
    }
    decoder.push(new Uint8Array(0), true);
  } catch (cause) {
    throw cause instanceof MorselError ? cause : damaged(name, cause);
  }
  yield* ready;
}

async function* through(
  input: AsyncIterable<Buffer>,
  transform: Transform,
  name: string,
): AsyncGenerator<Buffer, void, undefined> {
  const source = Readable.from(input);
  // `pipe` forwards no errors: without this the reader would wait for ever.
  source.on('error', (error) => transform.destroy(error));
  source.pipe(transform);
  try {
    for await (const chunk of transform) yield chunk as Buffer;
  } catch (cause) {
    throw cause instanceof MorselError ? cause : damaged(name, cause);
  } finally {
    source.destroy();
    transform.destroy();
  }
}

function damaged(name: string, cause: unknown): MorselError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MorselError('IMAGE_INVALID', `${name} cannot be decompressed: ${reason}`, {
    cause,
    hint: 'the file is damaged or cut off: copy or download it again',
  });
}

interface Peeked {
  readonly first: Buffer;
  readonly all: AsyncIterable<Buffer>;
}

/** The first bytes without losing them; chunks may be as small as one byte. */
async function peek(input: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<Peeked> {
  const iterator = (async function* () {
    yield* input;
  })();
  let first = Buffer.alloc(0);
  while (first.length < 8) {
    const next = await iterator.next();
    if (next.done === true) break;
    first = Buffer.concat([first, next.value]);
  }
  return {
    first,
    all: (async function* () {
      if (first.length > 0) yield first;
      yield* iterator;
    })(),
  };
}
