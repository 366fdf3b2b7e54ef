import { Readable, type Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { MorselError } from '../core/errors.ts';
import { Turns } from '../core/turns.ts';
import { COMPRESSION_MAGIC_BYTES, type CompressionKind, compressionOf } from './compression-kind.ts';
import { damaged } from './damaged.ts';

/**
 * What is in a compressed stream, or the stream itself. `name` is whose bytes, for messages.
 * Errors: IMAGE_INVALID for damaged data, UNSUPPORTED for xz and bzip2, which layers must not be, LIMIT_EXCEEDED for a
 * zstd window beyond zstd's own limit, INTERRUPTED.
 */
export async function* decompress(
  input: AsyncIterable<Buffer> | Iterable<Buffer>,
  name: string,
  turns = new Turns(undefined, `${name} was decompressed`),
): AsyncGenerator<Buffer, void, undefined> {
  const source = withTurns(input, turns);
  try {
    const { first, all } = await peek(source);
    yield* decompressKind(compressionOf(first), all, name, turns);
  } finally {
    // Also where nothing of it is wanted any more: a file may be open behind it.
    await source.return();
  }
}

async function* decompressKind(
  kind: CompressionKind,
  all: AsyncIterable<Buffer>,
  name: string,
  turns: Turns,
): AsyncGenerator<Buffer, void, undefined> {
  switch (kind) {
    case 'none':
      yield* all;
      return;
    case 'gzip':
      yield* through(all, createGunzip({ chunkSize: 256 * 1024 }), name);
      return;
    case 'zstd':
      yield* (await import('./zstd-decompress.ts')).unzstd(all, name, turns);
      return;
    case 'xz':
    case 'bzip2':
      throw new MorselError('UNSUPPORTED', `${name} is compressed with ${kind}, which no layer may be`, {
        hint: 'write the image again with layers in gzip or zstd: skopeo copy does that',
      });
  }
}

/** Looked at where bytes come in, too: a stream may be long and hold nothing, such as a gzip header with an endless name. */
async function* withTurns(
  input: AsyncIterable<Buffer> | Iterable<Buffer>,
  turns: Turns,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of input) {
    await turns.take();
    yield chunk;
  }
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

interface Peeked {
  readonly first: Buffer;
  readonly all: AsyncIterable<Buffer>;
}

/** The first bytes without losing them; chunks may be as small as one byte. */
async function peek(iterator: AsyncGenerator<Buffer, void, undefined>): Promise<Peeked> {
  let first = Buffer.alloc(0);
  while (first.length < COMPRESSION_MAGIC_BYTES) {
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
