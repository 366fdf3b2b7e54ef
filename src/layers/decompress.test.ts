import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Turns } from '../core/turns.ts';
import { compressionOf } from './compression-kind.ts';
import { decompress } from './decompress.ts';

// Frames of RFC 8878, made by hand: Node 20 has no zstd to make them with.
const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
const KIND = { raw: 0, rle: 1 } as const;

function block(kind: keyof typeof KIND, sizeBytes: number, content: Uint8Array, isLast: boolean): Buffer {
  const header = (sizeBytes << 3) | (KIND[kind] << 1) | (isLast ? 1 : 0);
  return Buffer.concat([Buffer.from([header & 0xff, (header >> 8) & 0xff, header >> 16]), content]);
}

/** Without a size; its window is 2^`windowLog` bytes. */
function frame(content: Uint8Array, windowLog = 17): Buffer {
  const header = Buffer.from([...MAGIC, 0, (windowLog - 10) << 3]);
  return Buffer.concat([header, block('raw', content.length, content, true)]);
}

function skippable(content: Uint8Array): Buffer {
  const header = Buffer.from([0x5f, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);
  header.writeUInt32LE(content.length, 4);
  return Buffer.concat([header, content]);
}

async function unpack(bytes: Buffer, chunkBytes = 100_000): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) chunks.push(bytes.subarray(at, at + chunkBytes));
  const parts: Buffer[] = [];
  for await (const part of decompress(chunks, 'x.tar')) parts.push(part);
  return Buffer.concat(parts);
}

const refusal = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message), hint: expect.any(String) });
const text = Buffer.from('some text');

describe('a zstd stream', () => {
  it.each([1, 7, 100_000])('of many frames is read to its end, in chunks of %d bytes', async (chunkBytes) => {
    const stream = Buffer.concat([frame(text), skippable(text), frame(Buffer.alloc(0)), frame(text)]);
    expect((await unpack(stream, chunkBytes)).toString()).toBe('some textsome text');
  });

  it('may begin with a frame that is skipped, as those of pzstd do', async () => {
    const stream = Buffer.concat([skippable(Buffer.alloc(4)), frame(text)]);
    expect(compressionOf(stream)).toBe('zstd');
    expect(await unpack(stream)).toEqual(text);
  });

  it('may have 200,000 empty frames', async () => {
    const empty = frame(Buffer.alloc(0));
    const stream = Buffer.concat([...Array<Buffer>(200_000).fill(empty), frame(text)]);
    expect(await unpack(stream)).toEqual(text);
  });

  it('may ask for the window that zstd takes, and no more', async () => {
    expect(await unpack(frame(text, 27))).toEqual(text);
    await expect(unpack(frame(text, 28))).rejects.toThrow(
      refusal('LIMIT_EXCEEDED', /window of 268435456 bytes/),
    );
    await expect(unpack(Buffer.concat([frame(text), frame(text, 28)]))).rejects.toThrow(
      refusal('IMAGE_INVALID', /window of more than 134217728/),
    );
  });

  it('comes in pieces, however much four bytes of it stand for', async () => {
    const count = 1000;
    const rle = block('rle', 128 * 1024, Buffer.from([0]), false);
    const stream = Buffer.concat([
      Buffer.from([...MAGIC, 0, 7 << 3]),
      ...Array<Buffer>(count).fill(rle),
      block('raw', 0, Buffer.alloc(0), true),
    ]);
    let [total, largest] = [0, 0];
    for await (const { length } of decompress([stream], 'x.tar')) {
      total += length;
      largest = Math.max(largest, length);
    }
    expect(total).toBe(count * 128 * 1024);
    expect(largest).toBeLessThanOrEqual(128 * 1024);
  });

  it.each<[string, Buffer]>([
    ['it is cut off', frame(text).subarray(0, -1)],
    ['something else follows', Buffer.concat([frame(text), Buffer.from('garbage!')])],
    ['a block has a kind that does not exist', Buffer.from([...MAGIC, 0, 7 << 3, 7, 0, 0])],
    ['a skipped frame is longer than what is there', skippable(text).subarray(0, -1)],
    ['it wants a dictionary', Buffer.from([...MAGIC, 3, 7 << 3, 1, 2, 3, 4, 1, 0, 0])],
  ])('is refused when %s', async (_what, bytes) => {
    await expect(unpack(bytes)).rejects.toThrow(refusal('IMAGE_INVALID', /cannot be decompressed/));
  });
});

describe('a gzip stream', () => {
  it('may have many members, and zeros behind them', async () => {
    const empty = gzipSync('');
    const stream = Buffer.concat([...Array<Buffer>(10_000).fill(empty), gzipSync(text), Buffer.alloc(5000)]);
    expect(await unpack(stream)).toEqual(text);
  });

  it('is refused when garbage follows, or its header never ends', async () => {
    await expect(unpack(Buffer.concat([gzipSync(text), Buffer.from('garbage')]))).rejects.toThrow(
      refusal('IMAGE_INVALID', /incorrect header check/),
    );
    const endless = Buffer.concat([
      Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]),
      Buffer.alloc(1e6, 'n'),
    ]);
    await expect(unpack(endless)).rejects.toThrow(refusal('IMAGE_INVALID', /unexpected end of file/));
  });

  it('hears the signal although nothing comes out of it', async () => {
    const controller = new AbortController();
    function* endless(): Generator<Buffer> {
      yield Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]);
      for (let sent = 0; ; sent += 1) {
        if (sent === 100) controller.abort();
        yield Buffer.alloc(1024, 'n');
      }
    }
    const read = async (): Promise<void> => {
      for await (const _ of decompress(endless(), 'x.tar', new Turns(controller.signal, 'x.tar was read')));
    };
    await expect(read()).rejects.toThrow(refusal('INTERRUPTED', /interrupted while x\.tar was read/));
  });
});

it.each(['fd377a585a0000', '425a6839'])('another compression (%s) is refused by its name', async (hex) => {
  await expect(unpack(Buffer.from(hex.padEnd(32, '0'), 'hex'))).rejects.toThrow(
    refusal('UNSUPPORTED', /compressed with (xz|bzip2)/),
  );
});

it('closes what it reads when nothing more is wanted', async () => {
  let isClosed = false;
  function* open(): Generator<Buffer> {
    try {
      for (;;) yield text;
    } finally {
      isClosed = true;
    }
  }
  for await (const _ of decompress(open(), 'x.tar')) break;
  expect(isClosed).toBe(true);
});
