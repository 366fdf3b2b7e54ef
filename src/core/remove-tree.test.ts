import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDirectory } from './open-directory.ts';
import { removeTree } from './remove-tree.ts';

const NOBODY = 65534;
let folder: string;
let tree: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'remove-tree-'));
  tree = join(folder, 'tree');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

describe('removeTree', () => {
  it('removes a tree, a file, a link alone, and nothing', () => {
    mkdirSync(join(tree, 'a/b'), { recursive: true });
    writeFileSync(join(tree, 'a/file'), '');
    writeFileSync(join(folder, 'file'), 'kept');
    symlinkSync('file', join(folder, 'link'));
    for (const path of [tree, join(folder, 'link'), join(folder, 'absent')]) {
      removeTree(path);
      expect(isThere(path)).toBe(false);
    }
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('kept');
  });

  it('follows no link, wherever it leads and whatever it is called', () => {
    const victim = join(folder, 'victim');
    mkdirSync(join(victim, 'leaf'), { recursive: true });
    mkdirSync(tree);
    symlinkSync(victim, join(tree, 'etc'));
    symlinkSync('..', join(tree, 'up'));
    symlinkSync('/proc/self/fd', join(tree, 'fd'));
    symlinkSync('loop', join(tree, 'loop'));
    removeTree(tree);
    expect(readdirSync(folder)).toEqual(['victim']);
    expect(readdirSync(victim)).toEqual(['leaf']);
  });

  it('manages more levels than a path may have', () => {
    const levels = 400;
    const home = process.cwd();
    mkdirSync(tree);
    process.chdir(tree);
    try {
      for (let level = 0; level < levels; level += 1) {
        mkdirSync('a-name-of-some-length');
        process.chdir('a-name-of-some-length');
      }
    } finally {
      process.chdir(home);
    }
    removeTree(tree);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('removes names that are not UTF-8, and more of them than are read at once', () => {
    mkdirSync(tree);
    for (let count = 0; count < 600; count += 1) writeFileSync(join(tree, String(count)), '');
    writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), Buffer.of(0xff, 0xfe)]), '');
    mkdirSync(Buffer.concat([Buffer.from(`${tree}/é`), Buffer.of(0xc3)]));
    removeTree(tree);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('enters directories whose mode forbids it', () => {
    mkdirSync(join(tree, 'locked/inner'), { recursive: true });
    writeFileSync(join(tree, 'locked/inner/file'), '');
    const locked = ['locked/inner', 'locked', ''].map((name) => join(tree, name));
    // Nothing is forbidden to root.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) for (const path of [...locked, folder]) chownSync(path, NOBODY, NOBODY);
    locked.forEach((path, index) => chmodSync(path, index === 0 ? 0o555 : 0o000));
    if (isRoot) process.seteuid?.(NOBODY);
    try {
      removeTree(tree);
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says what it cannot remove', () => {
    const expected = { code: 'WRITE_FAILED', hint: expect.stringContaining('by hand') as string };
    expect(() => removeTree('/proc/self')).toThrowError(expect.objectContaining(expected));
  });
});

describe('openDirectory', () => {
  it('opens neither a link nor what is mounted', () => {
    mkdirSync(tree);
    symlinkSync('tree', join(folder, 'link'));
    const { dev } = lstatSync(tree);
    const open = (path: string, device: number) => () => openDirectory(Buffer.from(path), device).close();
    expect(open(tree, dev)).not.toThrow();
    expect(open(join(folder, 'link'), dev)).toThrowError('ENOTDIR');
    expect(open('/proc', dev)).toThrowError(expect.objectContaining({ code: 'EXDEV' }));
  });
});
