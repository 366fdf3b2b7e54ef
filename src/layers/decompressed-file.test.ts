import { readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { memoryByteSource } from '../core/byte-source.ts';
import { decompressedFile } from './decompressed-file.ts';

const CONTENT = Buffer.from('content '.repeat(50_000));

it('is the source itself where that is not compressed', async () => {
  const source = memoryByteSource(CONTENT, 'a');
  expect(await decompressedFile(source)).toBe(source);
});

it('holds what was compressed, under the name of the archive', async () => {
  const file = await decompressedFile(memoryByteSource(gzipSync(CONTENT), 'a.gz'));
  expect(file.name).toBe('a.gz');
  expect(file.read(0, file.sizeBytes).equals(CONTENT)).toBe(true);
  file.close();
});

it.each([
  ['xz', Buffer.from('fd377a585a00', 'hex'), 'xz -dk a'],
  ['bzip2', Buffer.from('BZh9'), 'bzip2 -dk a'],
])('says how %s is unpacked', async (kind, magic, hint) => {
  const source = memoryByteSource(Buffer.concat([magic, Buffer.alloc(100)]), 'a');
  await expect(decompressedFile(source)).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    message: `a is compressed with ${kind}`,
    hint: `unpack it first: ${hint}`,
  });
});

it('closes its temporary file where the bytes are damaged', async () => {
  const openFiles = (): number => readdirSync('/proc/self/fd').length;
  const before = openFiles();
  const damaged = gzipSync(CONTENT);
  damaged.fill(0xff, damaged.length / 2);
  await expect(decompressedFile(memoryByteSource(damaged, 'a.gz'))).rejects.toMatchObject({
    name: 'MorselError',
  });
  expect(openFiles()).toBe(before);
});
