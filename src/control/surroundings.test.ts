import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Observation, PathUse } from '../observe/index.ts';
import { directoryTree } from '../rootfs/index.ts';
import { surroundingsOf } from './surroundings.ts';

let folder = '';
const tree = (name: string): ReturnType<typeof directoryTree> => directoryTree(join(folder, name));

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'surroundings-'));
  for (const path of [
    'machine/usr/share',
    'machine/etc',
    'machine/data/a',
    'image/usr/share',
    'image/data/a',
  ])
    mkdirSync(join(folder, path), { recursive: true });
  mkdirSync(join(folder, 'machine/usr/share/plugins'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const UNUSED: PathUse = {
  isRead: false,
  isWritten: false,
  isExecuted: false,
  isListed: false,
  isStatted: false,
};

function observed(found: Readonly<Record<string, Partial<PathUse>>>): Observation {
  const uses = Object.entries(found).map(([path, use]) => [path, { ...UNUSED, ...use }] as const);
  return {
    started: true,
    found: new Map(uses),
    missed: new Set(),
    refused: new Set(),
    notExecuted: new Set(),
    sockets: new Set(),
    unnamed: new Set(),
    gaps: [],
  };
}

const told = (found: Readonly<Record<string, Partial<PathUse>>>, cwd = '/'): string | null =>
  surroundingsOf(observed(found), tree('machine'), tree('image'), cwd);

it('are shown by a program that lists the root, or its working directory', () => {
  expect(told({ '/': { isListed: true } })).toBe('lists /, which has other names in an image');
  expect(told({ '/usr': { isListed: true } }, '/usr')).toBeNull(); // the same names in both
  expect(told({ '/usr/share': { isListed: true } }, '/usr/share')).toContain('lists /usr/share');
  expect(told({ '/': { isStatted: true, isRead: true } })).toBeNull();
});

it('are no folder of a package: what is in it is what the program needs', () => {
  expect(told({ '/usr/share': { isListed: true } })).toBeNull();
});

it.each(['/proc/self/mounts', '/proc/mounts', '/proc/1/mountinfo', '/proc/self/mountstats'])(
  'are shown by %s',
  (path) => {
    expect(told({ [path]: { isRead: true } })).toContain(path);
    expect(told({ [path]: { isStatted: true } })).toBeNull();
  },
);

it('are not shown by other files of /proc', () => {
  expect(told({ '/proc/self/maps': { isRead: true }, '/proc/meminfo': { isRead: true } })).toBeNull();
});
