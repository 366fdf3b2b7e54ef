import { lstatSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeDirectories } from './make-directories.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'make-directories-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('makes what is absent, outermost first, and answers that', () => {
  const [a, ab] = [join(folder, 'a'), join(folder, 'a/b')];
  expect(makeDirectories(ab, { mode: 0o700 })).toEqual([a, ab]);
  expect(statSync(ab).mode & 0o777).toBe(0o700);
  expect(makeDirectories(ab)).toEqual([]);
});

it('ends where a file system answers ENOENT to mkdir, and says what to do', () => {
  const failed = {
    code: 'WRITE_FAILED',
    message: expect.stringContaining('ENOENT') as string,
    hint: 'set it',
  };
  expect(() => makeDirectories('/proc/.cache/morsel', { hint: 'set it' })).toThrowError(
    expect.objectContaining(failed),
  );
});

it('leaves nothing of what it could not make whole', () => {
  const long = 'x'.repeat(300);
  expect(() => makeDirectories(join(folder, 'a/b', long))).toThrowError(
    expect.objectContaining({ code: 'WRITE_FAILED', hint: expect.stringContaining('shorter') as string }),
  );
  expect(readdirSync(folder)).toEqual([]);
});

it('takes neither a file nor a link to nowhere for a directory', () => {
  writeFileSync(join(folder, 'file'), '');
  symlinkSync('nowhere', join(folder, 'link'));
  const failed = expect.objectContaining({ code: 'WRITE_FAILED' });
  expect(() => makeDirectories(join(folder, 'file/below'))).toThrowError(failed);
  expect(() => makeDirectories(join(folder, 'link'))).toThrowError(failed);
  expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
});
