import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeflatedBlocks } from './deflated-blocks.ts';
import { gzip, GZIP_BLOCK_BYTES } from './gzip.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'blocks-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Compressible, and different everywhere. */
function text(blocks: number): Buffer {
  return Buffer.from(
    Array.from({ length: (blocks * GZIP_BLOCK_BYTES) / 8 }, (_, at) =>
      `${(at * 7919) % 999_991}`.padEnd(8),
    ).join(''),
  );
}

async function compressed(input: Buffer, level: number, path: string | null): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of gzip([input], level, path === null ? null : new DeflatedBlocks(path)))
    parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

/** How many blocks were not known. */
async function made(path: string, names: readonly string[]): Promise<number> {
  const blocks = new DeflatedBlocks(path);
  let count = 0;
  for (const name of names)
    await blocks.get(Buffer.alloc(32, name), () => {
      count += 1;
      return Promise.resolve(Buffer.from(name));
    });
  blocks.save();
  return count;
}

describe('DeflatedBlocks', () => {
  it('gives the bytes that compressing gives, before and after an edit, at each level', async () => {
    const input = text(5);
    const edited = Buffer.from(input);
    edited.write('edited', 2 * GZIP_BLOCK_BYTES + 100_000);
    const path = join(folder, 'blocks');
    for (const level of [6, 9]) {
      for (const one of [input, edited, input]) {
        const fresh = await compressed(one, level, null);
        expect((await compressed(one, level, path)).equals(fresh)).toBe(true);
        expect(gunzipSync(fresh).equals(one)).toBe(true);
      }
    }
    expect(readdirSync(folder)).toEqual(['blocks']);
  });

  it('keeps those of the last layer, and makes no others again', async () => {
    const path = join(folder, 'blocks');
    expect(await made(path, ['a', 'b', 'c'])).toBe(3);
    expect(await made(path, ['a', 'x', 'c'])).toBe(1);
    expect(await made(path, ['b'])).toBe(1);
    expect(await made(path, ['a', 'b'])).toBe(1);
  });

  it('takes a file that is cut, changed, longer or another for none', async () => {
    const path = join(folder, 'blocks');
    await made(path, ['a', 'b']);
    const whole = readFileSync(path);
    const flipped = (at: number): Buffer => {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      return bytes;
    };
    const bad = [
      whole.subarray(0, -1),
      Buffer.concat([whole, whole]),
      Buffer.alloc(0),
      Buffer.from('no blocks'),
      ...[0, 20, 50, whole.length - 1].map(flipped),
    ];
    for (const bytes of bad) {
      writeFileSync(path, bytes);
      expect(await made(path, ['a'])).toBe(1);
    }
  });

  it('replaces a link, and does without where nothing can be written', async () => {
    const target = join(folder, 'target');
    writeFileSync(target, 'mine');
    symlinkSync(target, join(folder, 'link'));
    expect(await made(join(folder, 'link'), ['a'])).toBe(1);
    expect(readFileSync(target, 'utf8')).toBe('mine');
    expect(await made(join(folder, 'absent/blocks'), ['a'])).toBe(1);
  });
});
