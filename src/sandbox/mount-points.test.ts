import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeMountPoints } from './mount-points.ts';

let folder = '';
let root = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mount-points-'));
  root = join(folder, 'root');
  mkdirSync(join(root, 'etc'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const list = (): readonly string[] => readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();

describe('makeMountPoints', () => {
  it('makes what is missing and leaves the root as it was, with its times', () => {
    const before = lstatSync(join(root, 'etc')).mtimeMs;
    const points = makeMountPoints(root, [
      { path: '/proc', kind: 'directory' },
      { path: '/etc/hosts', kind: 'file' },
      { path: '/a/b/c', kind: 'directory' },
    ]);
    expect(list()).toEqual(['a', 'a/b', 'a/b/c', 'etc', 'etc/hosts', 'proc']);
    expect(points.resolve('/etc/hosts')).toBe('/etc/hosts');
    points.release();
    expect(list()).toEqual(['etc']);
    expect(Math.abs(lstatSync(join(root, 'etc')).mtimeMs - before)).toBeLessThan(1);
  });

  it('keeps a place until the last run that uses it has ended, whichever that is', () => {
    const first = makeMountPoints(root, [{ path: '/data/one', kind: 'file' }]);
    const second = makeMountPoints(root, [
      { path: '/data/one', kind: 'file' },
      { path: '/data/two', kind: 'file' },
    ]);
    first.release();
    expect(list()).toEqual(['data', 'data/one', 'data/two', 'etc']);
    second.release();
    expect(list()).toEqual(['etc']);
  });

  it('follows links of the image inside it, never out of it', () => {
    mkdirSync(join(folder, 'outside'));
    symlinkSync('../../outside', join(root, 'up'));
    symlinkSync('/etc', join(root, 'config'));
    symlinkSync('/absent/target', join(root, 'etc/resolv.conf'));
    const points = makeMountPoints(root, [
      { path: '/up/file', kind: 'file' },
      { path: '/config/hosts', kind: 'file' },
      { path: '/etc/resolv.conf', kind: 'file' },
    ]);
    expect(points.resolve('/config/hosts')).toBe('/etc/hosts');
    // A link that leads nowhere is the image's own decision.
    expect(points.resolve('/up/file')).toBeNull();
    expect(points.resolve('/etc/resolv.conf')).toBeNull();
    points.release();
    expect(existsSync(join(folder, 'outside/file'))).toBe(false);
  });

  it('does not take a file for a directory, or the other way round', () => {
    writeFileSync(join(root, 'proc'), 'a file');
    mkdirSync(join(root, 'etc/hosts'));
    const points = makeMountPoints(root, [
      { path: '/proc', kind: 'directory' },
      { path: '/etc/hosts', kind: 'file' },
    ]);
    expect([points.resolve('/proc'), points.resolve('/etc/hosts')]).toEqual([null, null]);
    points.release();
    expect(list()).toEqual(['etc', 'etc/hosts', 'proc']);
  });

  it('makes a place in a directory that its owner may not write, and leaves its mode', () => {
    chmodSync(join(root, 'etc'), 0o555);
    makeMountPoints(root, [{ path: '/etc/hosts', kind: 'file' }]).release();
    expect(lstatSync(join(root, 'etc')).mode & 0o777).toBe(0o555);
    expect(list()).toEqual(['etc']);
  });

  it('keeps what the program has put into a place that was made', () => {
    const points = makeMountPoints(root, [{ path: '/work', kind: 'directory' }]);
    writeFileSync(join(root, 'work/result'), 'x');
    points.release();
    expect(list()).toEqual(['etc', 'work', 'work/result']);
  });
});
