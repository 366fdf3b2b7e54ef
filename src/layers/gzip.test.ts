import { randomBytes } from 'node:crypto';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gzip, GZIP_BLOCK_BYTES } from './gzip.ts';

async function compressed(input: Buffer, level: number, chunkBytes = 100_000): Promise<Buffer> {
  function* chunks() {
    for (let at = 0; at < input.length; at += chunkBytes) yield input.subarray(at, at + chunkBytes);
  }
  const parts: Buffer[] = [];
  for await (const part of gzip(chunks(), level)) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

/** Compressible, and different everywhere: numbers as text. */
function text(length: number): Buffer {
  const lines = Array.from({ length: Math.ceil(length / 8) }, (_, index) =>
    `${(index * 7919) % 9_999_991} `.padEnd(8),
  );
  return Buffer.from(lines.join('')).subarray(0, length);
}

describe('gzip', () => {
  const B = GZIP_BLOCK_BYTES;
  const sizes = [0, 1, 1000, B - 1, B, B + 1, 2 * B, 5 * B + 17];

  it.each(sizes)('gives %i bytes back, at every kind of level', async (size) => {
    for (const level of [0, 1, 6, 9]) {
      const input = text(size);
      expect(gunzipSync(await compressed(input, level)).equals(input)).toBe(true);
    }
  });

  it('gives random data back in stored blocks, and mixtures too', async () => {
    const random = randomBytes(3 * B + 5);
    const packed = await compressed(random, 6);
    expect(gunzipSync(packed).equals(random)).toBe(true);
    expect(packed.length).toBeLessThan(random.length * 1.0002);
    const mixed = Buffer.concat([text(B), randomBytes(B), text(B + 10), randomBytes(B)]);
    expect(gunzipSync(await compressed(mixed, 9)).equals(mixed)).toBe(true);
  });

  it('has the same bytes whatever the chunks', async () => {
    const input = text(3 * B + 100);
    const reference = await compressed(input, 6);
    for (const chunkBytes of [997, B, 10 * B]) {
      expect((await compressed(input, 6, chunkBytes)).equals(reference)).toBe(true);
    }
  });

  it('loses almost nothing at the joints', async () => {
    const input = text(8 * B);
    const { gzipSync } = await import('node:zlib');
    expect((await compressed(input, 6)).length).toBeLessThan(gzipSync(input, { level: 6 }).length * 1.002);
  });

  it('names no time and no system, and is one deflate stream for a small input', async () => {
    const packed = await compressed(text(1000), 9);
    expect([...packed.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
    expect(inflateRawSync(packed.subarray(10, -8))).toEqual(text(1000));
  });

  it('passes on what its input throws', async () => {
    function* failing(): Generator<Buffer> {
      yield text(2 * B);
      throw new Error('the disk is gone');
    }
    const drain = async () => {
      for await (const _ of gzip(failing(), 6));
    };
    await expect(drain()).rejects.toThrow('the disk is gone');
  });
});
