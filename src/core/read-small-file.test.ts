import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readSmallFile } from './read-small-file.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'read-small-file-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const LIMIT_BYTES = 100_000;
const read = (name: string) => readSmallFile(join(folder, name), LIMIT_BYTES);
const failed = (code: string, reason: string) =>
  expect.objectContaining({
    code,
    message: expect.stringContaining(reason) as string,
    hint: expect.any(String) as string,
  });

it('reads a file whole, up to its bound', () => {
  const bytes = Buffer.alloc(LIMIT_BYTES, 7);
  writeFileSync(join(folder, 'a'), bytes);
  expect(read('a')?.equals(bytes)).toBe(true);
  writeFileSync(join(folder, 'a'), Buffer.alloc(LIMIT_BYTES + 1));
  expect(() => read('a')).toThrowError(failed('LIMIT_EXCEEDED', '100000 bytes'));
});

it('answers null where there is none', () => {
  writeFileSync(join(folder, 'a'), '');
  symlinkSync('absent', join(folder, 'dangling'));
  for (const name of ['absent', 'a/b', 'dangling']) expect(read(name)).toBeNull();
});

it('reads what says that it is empty', () => {
  expect(readSmallFile('/proc/self/status', LIMIT_BYTES)?.length).toBe(
    readFileSync('/proc/self/status').length,
  );
  expect(() => readSmallFile('/proc/self/status', 10)).toThrowError(failed('LIMIT_EXCEEDED', 'larger'));
});

it('waits for nobody, and reads no device', () => {
  spawnSync('mkfifo', [join(folder, 'fifo')]);
  symlinkSync('fifo', join(folder, 'link'));
  symlinkSync('/dev/zero', join(folder, 'zero'));
  mkdirSync(join(folder, 'directory'));
  for (const name of ['fifo', 'link', 'zero', 'directory'])
    expect(() => read(name)).toThrowError(failed('UNREADABLE', 'not a regular file'));
});

it('says so of a link to itself', () => {
  symlinkSync('loop', join(folder, 'loop'));
  expect(() => read('loop')).toThrowError(failed('UNREADABLE', 'ELOOP'));
});
