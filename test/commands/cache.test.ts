import { existsSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { formatOwner, thisOwner } from '../../src/core/process-owner.ts';
import { CaseFolder } from '../e2e/case-folder.ts';
import { morsel } from '../built-cli.ts';
import { requireTool } from '../reference-tools.ts';
import { documentOf, failureOf } from './documents.ts';

const place = new CaseFolder();
afterAll(() => place.remove());
let cache = '';
beforeEach(() => {
  place.next();
  cache = join(place.work, 'cache', 'morsel');
});

const environment = (): Record<string, string> => ({
  ...place.environment(),
  XDG_CACHE_HOME: join(place.work, 'cache'),
});
const run = (...words: readonly string[]): ReturnType<typeof morsel> =>
  morsel(['cache', ...words], { env: environment() });

function entry(path: string, bytes: number, usedDaysAgo = 0): string {
  const folder = join(cache, path);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'object'), Buffer.alloc(bytes, 1));
  const used = Date.now() / 1000 - usedDaysAgo * 86_400;
  utimesSync(folder, used, used);
  return folder;
}

it('lists what a real build keeps, with what it takes on the disk', async () => {
  requireTool('gcc');
  const source = place.write('hello.c', '#include <stdio.h>\nint main(void) { puts("hello"); }\n');
  const words = ['build', source, '-o', join(place.output, 'hello.tar'), '--no-prove', '-q'];
  expect(await morsel(words, { env: environment() })).toMatchObject({ exitCode: 0 });
  const { entries, directory, sizeBytes } = documentOf('cache', await run('ls', '--format', 'json'));
  expect(directory).toBe(cache);
  const [work] = entries.filter(({ kind }) => kind === 'work');
  expect(work).toMatchObject({ name: expect.stringMatching(/^hello\.c-[0-9a-f]{16}\/static-musl-default$/) });
  expect(work?.sizeBytes).toBeGreaterThan(4096);
  expect(sizeBytes).toBe(entries.reduce((sum, one) => sum + one.sizeBytes, 0));
  expect((await run('ls')).stdout).toMatch(/^kind +size +last used +name\n[^]*work .*hello\.c-/);
});

it('removes what was not used for so long, and nothing else', async () => {
  const old = entry('work/old-0123456789abcdef/static-musl-default', 100_000, 40);
  const fresh = entry('work/fresh-0123456789abcdef/static-musl-default', 5000, 3);
  const pruned = documentOf('cache-prune', await run('prune', '--format', 'json'));
  expect(pruned.removed.map(({ path }) => path)).toEqual([old]);
  expect(pruned.freedBytes).toBeGreaterThanOrEqual(100_000);
  expect([existsSync(join(old, '..')), existsSync(fresh)]).toEqual([false, true]);
  expect((await run('prune', '--older-than', '2')).stdout).toContain('fresh-0123456789abcdef');
  expect(existsSync(fresh)).toBe(false);
});

it('--all removes everything but what a build is at work in, and what all builds share meanwhile', async () => {
  const busy = entry('work/busy-0123456789abcdef/closure-default', 10);
  const shared = entry('shared/rust-std', 10, 100);
  const idle = entry('work/idle-0123456789abcdef/closure-default', 10);
  writeFileSync(join(busy, 'lock'), formatOwner(thisOwner()));
  const pruned = documentOf('cache-prune', await run('prune', '--all', '--format', 'json'));
  expect(pruned.inUse.map(({ path }) => path).sort()).toEqual([shared, busy].sort());
  expect([existsSync(idle), existsSync(busy), existsSync(shared)]).toEqual([false, true, true]);
  expect(existsSync(join(busy, 'object'))).toBe(true);
  writeFileSync(join(busy, 'lock'), 'left behind by nobody');
  expect((await run('prune', '--all')).stdout).toContain('rust-std');
  expect([existsSync(busy), existsSync(shared)]).toEqual([false, false]);
});

it('follows no link out of the cache', async () => {
  const outside = place.write('outside/kept', 'content');
  const folder = entry('work/link-0123456789abcdef/closure-default', 10, 100);
  symlinkSync(join(outside, '..'), join(folder, 'way-out'));
  symlinkSync(join(outside, '..'), join(cache, 'work', 'way-out'));
  await run('prune', '--all');
  expect(existsSync(outside)).toBe(true);
});

it('says so where there is none', async () => {
  const env = { ...environment(), XDG_CACHE_HOME: join(place.work, 'nothing') };
  const listed = await morsel(['cache', 'ls'], { env });
  expect(listed).toMatchObject({
    exitCode: 0,
    stdout: `${join(place.work, 'nothing')}/morsel: nothing is kept\n`,
  });
});

it('a number that is none, and a word that is no command: 2', async () => {
  for (const words of [['prune', '--older-than', '-1'], ['prune', '--older-than', 'x'], ['frobnicate']]) {
    const result = await run(...words, '--format', 'json');
    expect(result.exitCode).toBe(2);
    expect(failureOf(result).code).toBe('USAGE');
  }
});
