import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { removeCgroups, runtimeCgroups } from './remove-cgroups.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'morsel-cgroups-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('removes those that are empty, and takes one that is gone for removed', async () => {
  const paths = ['a', 'b'].map((name) => join(folder, name));
  for (const path of paths) mkdirSync(path);
  await removeCgroups([...paths, join(folder, 'absent')]);
  expect(paths.filter((path) => existsSync(path))).toEqual([]);
});

it('does not wait for what will not become empty by itself', async () => {
  const path = join(folder, 'full');
  mkdirSync(join(path, 'below'), { recursive: true });
  await removeCgroups([path]);
  expect(existsSync(join(path, 'below'))).toBe(true);
});

it('looks for those of a runtime in every hierarchy', () => {
  expect(runtimeCgroups('morsel-x')[0]).toBe('/sys/fs/cgroup/morsel-x');
});
