import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { digestWritten } from './digest-written.ts';

let root = '';
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'digest-written-'))));
// By a tool that goes there step by step: a test makes a path that no call takes whole.
afterEach(() => void execFileSync('rm', ['-rf', root]));

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

it('passes over what lies deeper than a path may be long', async () => {
  write('tmp/a', 'x');
  const deeper = 'for i in $(seq 25); do mkdir "$0" && cd -P "$0" || exit 1; done; echo x > deep';
  execFileSync('sh', ['-c', deeper, 'd'.repeat(200)], { cwd: join(root, 'tmp') });
  expect([...((await digestWritten(root)) ?? [])].map(([path]) => path)).toEqual(['/tmp/a']);
});

it('compares nothing where more was left than it looks at', async () => {
  for (const name of ['a', 'b', 'c']) write(`tmp/${name}`, 'x');
  expect((await digestWritten(root, undefined, 3))?.size).toBe(3);
  expect(await digestWritten(root, undefined, 2)).toBeNull();
});
