import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { directoryTree } from '../rootfs/index.ts';
import { type Place, planRoot } from './root-plan.ts';

let machine = '';
beforeEach(() => {
  machine = realpathSync(mkdtempSync(join(tmpdir(), 'root-plan-')));
  for (const path of ['etc/passwd', 'etc/app/one.conf', 'usr/bin/ls', 'usr/share/doc/x', 'made/file'])
    write(path);
  symlinkSync('/usr/share/zoneinfo/Europe/Berlin', join(machine, 'etc/localtime'));
});
afterEach(() => rmSync(machine, { recursive: true, force: true }));

function write(path: string): void {
  mkdirSync(dirname(join(machine, path)), { recursive: true });
  writeFileSync(join(machine, path), path);
}

/** Mounts and what is made, as `target <- source`, `path/` and `path -> target`. */
function plan(places: readonly Place[], absent: readonly string[] = []): readonly string[] {
  const { mounts, directories, links } = planRoot(places, new Set(absent), directoryTree(machine));
  return [
    ...directories.map(({ path }) => `${path}/`),
    ...links.map(({ path, target }) => `${path} -> ${target}`),
    ...mounts.map(({ source, target }) => (source === target ? target : `${target} <- ${source}`)),
  ];
}

const own = (path: string): Place => ({ source: path, target: path });

describe('planRoot', () => {
  it('mounts a file over one that is there, after what it lies in', () => {
    expect(plan([{ source: '/made/file', target: '/etc/passwd' }, own('/etc')])).toEqual([
      '/etc',
      '/etc/passwd <- /made/file',
    ]);
  });

  it('leaves what lies in nothing to the runtime', () => {
    expect(plan([own('/usr'), { source: '/made/file', target: '/app/hello' }])).toEqual([
      '/usr',
      '/app/hello <- /made/file',
    ]);
  });

  it('opens each directory on the way to a place that is not there', () => {
    expect(plan([own('/usr'), { source: '/made/file', target: '/usr/share/app/data' }])).toEqual([
      '/usr/',
      '/usr/share/',
      '/usr/bin',
      '/usr/share/doc',
      '/usr/share/app/data <- /made/file',
    ]);
  });

  it('puts a file in the place of a link, and a directory in that of a file', () => {
    const opened = ['/etc/', '/etc/app', '/etc/passwd'];
    expect(plan([own('/etc'), { source: '/made/file', target: '/etc/localtime' }])).toEqual([
      ...opened,
      '/etc/localtime <- /made/file',
    ]);
    expect(plan([own('/etc'), { source: '/made', target: '/etc/passwd' }])).toEqual([
      '/etc/',
      '/etc/localtime -> /usr/share/zoneinfo/Europe/Berlin',
      '/etc/app',
      '/etc/passwd <- /made',
    ]);
  });

  it('leaves out what is to be absent, and takes the later of two on one place', () => {
    const places = [own('/etc'), own('/etc/passwd'), { source: '/made/file', target: '/etc/passwd' }];
    expect(plan(places, ['/etc/localtime', '/etc/nothing-there'])).toEqual([
      '/etc/',
      '/etc/passwd <- /made/file',
      '/etc/app',
    ]);
  });

  it('refuses something that is to lie in a file', () => {
    const places = [own('/etc/passwd'), { source: '/made/file', target: '/etc/passwd/x' }];
    expect(() => plan(places)).toThrow('/etc/passwd is a file, and something is to lie in it');
  });
});
