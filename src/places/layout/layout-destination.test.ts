import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { textFile } from '../../../test/image-fixtures.ts';
import { openImage } from '../open-image.ts';
import { validateImage } from '../validate-image.ts';
import { writeImage } from '../write-image.ts';

let path: string;
beforeEach(() => void (path = mkdtempSync(join(tmpdir(), 'layout-destination-'))));
afterEach(() => rmSync(path, { recursive: true, force: true }));

const listing = () => readdirSync(path, { recursive: true, encoding: 'utf8' }).toSorted();

const write = (reference: string) =>
  writeImage({
    layers: [{ kind: 'entries', entries: [textFile('/text', 'x')] }],
    platform: { os: 'linux', architecture: 'amd64' },
    config: {},
    output: { kind: 'layout', path, references: [reference] },
  });

it('trusts no blob that is there already: a damaged one is replaced', async () => {
  await write('a:1');
  const blobs = join(path, 'blobs/sha256');
  for (const name of readdirSync(blobs)) {
    const bytes = readFileSync(join(blobs, name));
    writeFileSync(join(blobs, name), bytes.fill(0x20));
  }
  await write('a:1');
  const image = await openImage(path);
  expect(await validateImage(image)).toEqual([]);
  image.close();
});

it('refuses an index that is a pipe instead of waiting for it, and leaves nothing behind', async () => {
  await write('a:1');
  const index = join(path, 'index.json');
  rmSync(index);
  execFileSync('mkfifo', [index]);
  const before = listing();
  await expect(write('b:1')).rejects.toThrow(
    expect.objectContaining({ code: 'UNREADABLE', hint: expect.any(String) }),
  );
  expect(listing()).toEqual(before);
});

it.each(['blobs', 'blobs/sha256'])('writes nothing through a link in the place of %s', async (name) => {
  await write('a:1');
  const elsewhere = join(path, 'elsewhere');
  renameSync(join(path, name), join(path, 'moved'));
  mkdirSync(elsewhere);
  symlinkSync(elsewhere, join(path, name));
  await expect(write('b:1')).rejects.toMatchObject({
    code: 'IMAGE_INVALID',
    hint: expect.stringContaining('-o') as string,
  });
  expect(readdirSync(elsewhere)).toEqual([]);
});

it.each([
  ['{}', 'IMAGE_INVALID'],
  ['{"imageLayoutVersion":"2.0.0"}', 'UNSUPPORTED'],
])('adds nothing to a layout that readers refuse: %s', async (bytes, code) => {
  await write('a:1');
  writeFileSync(join(path, 'oci-layout'), bytes);
  const index = readFileSync(join(path, 'index.json'));
  await expect(write('b:1')).rejects.toMatchObject({ code, hint: expect.any(String) as string });
  expect(readFileSync(join(path, 'index.json')).equals(index)).toBe(true);
});

it('adds to what is read as a layout, without the file oci-layout, and gives it that file', async () => {
  await write('a:1');
  rmSync(join(path, 'oci-layout'));
  await write('b:1');
  expect(readFileSync(join(path, 'oci-layout'), 'utf8')).toContain('imageLayoutVersion');
  for (const name of ['a:1', 'b:1']) {
    const image = await openImage({ kind: 'layout', path, name });
    expect(await validateImage(image)).toEqual([]);
    image.close();
  }
});

it.each([['index.json'], ['blobs/x'], ['other']])('refuses a directory that only has %s', async (name) => {
  mkdirSync(join(path, name, '..'), { recursive: true });
  writeFileSync(join(path, name), '{}');
  const before = listing();
  await expect(write('a:1')).rejects.toMatchObject({ code: 'WRITE_FAILED' });
  expect(listing()).toEqual(before);
});
