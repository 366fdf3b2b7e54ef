import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { directoryTree } from './directory-tree.ts';
import { locateProgram } from './locate-program.ts';

const root = mkdtempSync(join(tmpdir(), 'morsel-locate-'));
const tree = directoryTree(root);
const put = (path: string, mode: number): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), '');
  chmodSync(join(root, path), mode);
};

beforeAll(() => {
  put('a/app', 0o644);
  put('b/app', 0o755);
  put('a/closed', 0o644);
  put('b/closed', 0o600);
  put('work/deep/tool', 0o755);
  put('work/app', 0o755);
  mkdirSync(join(root, 'a/folder'));
  symlinkSync('/work/deep', join(root, 'link'));
});
afterAll(() => rmSync(root, { recursive: true }));

const found = (path: string, file = path) => ({ kind: 'found', path, file });

describe('a name without a slash', () => {
  const where = { cwd: '/work', path: '/a:/b' };

  it('is the first file of PATH that may be executed', () => {
    expect(locateProgram(tree, 'app', where)).toEqual(found('/b/app'));
  });

  it('is no file that nobody may execute; the first of them is told', () => {
    expect(locateProgram(tree, 'closed', where)).toEqual({ kind: 'not-executable', file: '/a/closed' });
  });

  it('is no directory', () => {
    expect(locateProgram(tree, 'folder', where)).toEqual({
      kind: 'absent',
      searched: ['/a/folder', '/b/folder'],
    });
  });

  it('is looked for in the working directory where PATH has an empty or a relative part', () => {
    expect(locateProgram(tree, 'app', { cwd: '/work', path: '' })).toEqual(found('/work/app'));
    expect(locateProgram(tree, 'app', { cwd: '/work', path: undefined })).toEqual(found('/work/app'));
    expect(locateProgram(tree, 'tool', { cwd: '/work', path: '/a/:deep' })).toEqual(found('/work/deep/tool'));
  });
});

describe('a name with a slash', () => {
  const where = { cwd: '/work', path: '/b' };

  it('is a path from the working directory, and executed by that name', () => {
    expect(locateProgram(tree, './app', where)).toEqual(found('./app', '/work/./app'));
    expect(locateProgram(tree, '/a/app', where)).toEqual(found('/a/app'));
  });

  it('goes up from where links have led, as the kernel does', () => {
    expect(locateProgram(tree, '../app', { ...where, cwd: '/link' })).toMatchObject({ kind: 'found' });
    expect(locateProgram(tree, '../b/app', { ...where, cwd: '/link' })).toMatchObject({ kind: 'absent' });
  });

  it('may be a directory, or absent', () => {
    expect(locateProgram(tree, '/a', where)).toEqual({ kind: 'directory', file: '/a' });
    expect(locateProgram(tree, 'x/app', where)).toEqual({ kind: 'absent', searched: ['/work/x/app'] });
  });
});
