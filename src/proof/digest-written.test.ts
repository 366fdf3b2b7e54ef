import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { digestWritten } from './digest-written.ts';

let root = '';
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'digest-written-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

it('knows the files of the directories for temporary files by their content, and no others', async () => {
  write('tmp/b/c', 'x');
  write('tmp/a', 'x');
  write('var/tmp/d', 'y');
  write('etc/e', 'x');
  const written = await digestWritten(root);
  expect([...(written ?? [])].map(([path]) => path)).toEqual(['/tmp/a', '/tmp/b/c', '/var/tmp/d']);
  expect(written?.get('/tmp/a')).toBe(written?.get('/tmp/b/c'));
  expect(written?.get('/tmp/a')).not.toBe(written?.get('/var/tmp/d'));
});

it('follows no link, and opens nothing that is no file', async () => {
  write('secret/s', 'x');
  mkdirSync(join(root, 'tmp'));
  symlinkSync(join(root, 'secret'), join(root, 'tmp/directory'));
  symlinkSync(join(root, 'secret/s'), join(root, 'tmp/file'));
  execFileSync('mkfifo', [join(root, 'tmp/pipe')]);
  expect(await digestWritten(root)).toEqual(new Map());
  rmSync(join(root, 'tmp'), { recursive: true });
  symlinkSync('secret', join(root, 'tmp'));
  expect(await digestWritten(root)).toEqual(new Map());
});
