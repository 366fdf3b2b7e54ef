import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { directoryTree } from '../../rootfs/index.ts';
import { type MountPoints, planMountPoints } from './mount-points.ts';
import type { MadePlace } from '../../rootfs/index.ts';

let folder = '';
let root = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mount-points-'));
  root = join(folder, 'root');
  mkdirSync(join(root, 'etc'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function plan(...requests: readonly (readonly [string, MadePlace['kind']])[]): MountPoints {
  return planMountPoints(
    directoryTree(root),
    requests.map(([path, kind]) => ({ path, kind })),
  );
}

const paths = ({ missing }: MountPoints): readonly string[] => missing.map(({ path }) => path);

describe('planMountPoints', () => {
  it('names what is missing, each after its directory, and what it changes; and makes nothing', () => {
    const points = plan(['/proc', 'directory'], ['/etc/hosts', 'file'], ['/a/b/c', 'directory']);
    expect(points.missing).toEqual([
      { path: '/proc', kind: 'directory' },
      { path: '/etc/hosts', kind: 'file' },
      { path: '/a', kind: 'directory' },
      { path: '/a/b', kind: 'directory' },
      { path: '/a/b/c', kind: 'directory' },
    ]);
    // Times of what is made here are nobody's.
    expect(points.changed).toEqual(['/', '/etc']);
    expect(points.resolve('/etc/hosts')).toBe('/etc/hosts');
    expect(readdirSync(root)).toEqual(['etc']);
  });

  it('plans a place once, and places below one that it has planned', () => {
    const points = plan(
      ['/data', 'directory'],
      ['/data/one', 'file'],
      ['/data/two', 'file'],
      ['/data', 'directory'],
    );
    expect(paths(points)).toEqual(['/data', '/data/one', '/data/two']);
    expect(plan(['/data', 'file'], ['/data/one', 'file']).resolve('/data/one')).toBeNull();
  });

  it('follows links of the image inside it, never out of it', () => {
    mkdirSync(join(folder, 'outside'));
    symlinkSync('../../outside', join(root, 'up'));
    symlinkSync('/etc', join(root, 'config'));
    symlinkSync('/absent/target', join(root, 'etc/resolv.conf'));
    const points = plan(['/up/file', 'file'], ['/config/hosts', 'file'], ['/etc/resolv.conf', 'file']);
    expect(points.resolve('/config/hosts')).toBe('/etc/hosts');
    // A link that leads nowhere is the image's own decision.
    expect(points.resolve('/up/file')).toBeNull();
    expect(points.resolve('/etc/resolv.conf')).toBeNull();
    expect(paths(points)).toEqual(['/etc/hosts']);
  });

  it('does not take a file for a directory, or the other way round, and goes through no file', () => {
    writeFileSync(join(root, 'proc'), 'a file');
    mkdirSync(join(root, 'etc/hosts'));
    const points = plan(['/proc', 'directory'], ['/etc/hosts', 'file'], ['/proc/below/it', 'directory']);
    expect(['/proc', '/etc/hosts', '/proc/below/it'].map((path) => points.resolve(path))).toEqual([
      null,
      null,
      null,
    ]);
    expect(points.missing).toEqual([]);
  });

  it('takes a path with dots, doubled slashes or no slash in front as the kernel does', () => {
    expect(plan(['/a/../b/./c//d', 'directory']).resolve('/a/../b/./c//d')).toBe('/b/c/d');
    expect(plan(['/../../x', 'directory']).resolve('/../../x')).toBe('/x');
    expect(plan(['w/leaf', 'directory']).resolve('w/leaf')).toBe('/w/leaf');
  });

  it('finds what lies on a mount, mounts on it in turn, and makes nothing there', () => {
    const source = join(folder, 'source');
    mkdirSync(join(source, 'bin'), { recursive: true });
    writeFileSync(join(source, 'bin/tool'), 'a tool');
    writeFileSync(join(source, 'passwd'), 'theirs');
    symlinkSync('/usr/bin/tool', join(source, 'tool'));
    writeFileSync(join(folder, 'passwd'), 'ours');
    symlinkSync('usr/bin', join(root, 'bin'));
    const points = planMountPoints(directoryTree(root), [
      { path: '/usr', kind: 'directory', source },
      { path: '/usr/passwd', kind: 'file', source: join(folder, 'passwd') },
      { path: '/bin/absent', kind: 'file', source: join(folder, 'passwd') },
      { path: '/usr/made', kind: 'directory' },
      { path: '/usr/tool', kind: 'file', source: join(folder, 'passwd') },
    ]);
    expect(points.missing).toEqual([{ path: '/usr', kind: 'directory' }]);
    expect(points.resolve('/usr/passwd')).toBe('/usr/passwd');
    expect([points.resolve('/bin/absent'), points.resolve('/usr/made')]).toEqual([null, null]);
    // A link of a mount is not followed to mount something: it is refused as it stands.
    expect(points.resolve('/usr/tool')).toBe('/usr/tool');
    const { tree } = points;
    expect(tree.resolve('/bin/tool')).toMatchObject({ path: '/usr/bin/tool', entry: { kind: 'file' } });
    expect(tree.hostPath('/bin/tool')).toBe(join(source, 'bin/tool'));
    expect(tree.open('/usr/passwd')?.read(0, 10).toString()).toBe('ours');
    expect(tree.list('/')).toEqual(['bin', 'etc', 'usr']);
    expect(tree.list('/usr')).toEqual(['bin', 'passwd', 'tool']);
    expect(tree.lstat('/usr/absent')).toBeNull();
  });

  it('takes the last of two mounts on one place', () => {
    for (const name of ['one', 'two']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'two/file'), '');
    const { tree } = planMountPoints(directoryTree(root), [
      { path: '/data', kind: 'directory', source: join(folder, 'one') },
      { path: '/data', kind: 'directory', source: join(folder, 'two') },
    ]);
    expect(tree.list('/data')).toEqual(['file']);
  });
});
