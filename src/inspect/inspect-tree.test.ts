import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeTree } from '../core/remove-tree.ts';
import { directoryTree } from '../rootfs/index.ts';
import { inspectTree } from './inspect-tree.ts';
import { packageOwners } from '../packages/index.ts';

let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'morsel-inspect-tree-'))));
afterEach(() => removeTree(root));

function write(path: string, content: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), content);
}

describe('inspectTree', () => {
  it('counts names, adds each file up once, and finds what is there twice', async () => {
    write('a/x', 'same');
    write('b', 'same');
    write('c', 'else');
    write('empty', '');
    write('other-empty', '');
    linkSync(join(root, 'b'), join(root, 'hard'));
    symlinkSync('b', join(root, 'soft'));
    const report = await inspectTree(root, 'directory', directoryTree(root));
    expect(report).toMatchObject({ files: 6, sizeBytes: 12, elf: [], missing: [] });
    expect(report.duplicates).toHaveLength(1);
    expect(report.duplicates[0]).toMatchObject({ sizeBytes: 4 });
    expect(report.duplicates[0]?.paths[0]).toBe('/a/x');
  });

  it('finds the ELF files in the order of their paths, and what they lack', async () => {
    for (const path of ['z/1', 'm', 'a']) {
      write(path, '');
      copyFileSync('/bin/true', join(root, path));
    }
    write('text', 'x'.repeat(100));
    const report = await inspectTree(root, 'directory', directoryTree(root));
    expect(report.elf.map(({ path, package: owner }) => [path, owner])).toEqual([
      ['/a', null],
      ['/m', null],
      ['/z/1', null],
    ]);
    expect(report.missing).toContainEqual({ name: 'libc.so.6', neededBy: ['/a', '/m', '/z/1'] });
    expect(report.duplicates[0]?.paths).toEqual(['/a', '/m', '/z/1']);
  });

  it('hears a signal', async () => {
    write('a', 'x');
    const inspected = inspectTree(root, 'directory', directoryTree(root), { signal: AbortSignal.abort() });
    await expect(inspected).rejects.toThrow(expect.objectContaining({ code: 'INTERRUPTED' }));
  });
});

// The kernel's own files: some can be opened and not read (EINVAL), as on a failing disk.
const NETWORK = '/sys/class/net/lo';

it.skipIf(!existsSync(NETWORK))('passes over files that can be opened and not read', async () => {
  const report = await inspectTree(NETWORK, 'directory', directoryTree(NETWORK));
  expect(report.files).toBeGreaterThan(10);
});

describe('packageOwners', () => {
  it('knows the owners of the wanted paths, by dpkg and apk, on merged /usr too', () => {
    write('var/lib/dpkg/info/libc6:amd64.list', '/.\n/lib/x/libc.so.6\n/usr/bin/ldd\n');
    write('var/lib/dpkg/info/other.list', '/usr/bin/ldd\n');
    write(
      'lib/apk/db/installed',
      'P:busybox\nF:bin\nR:busybox\nF:\nR:init\n\nP:zlib\nF:usr/lib\nR:libz.so.1\n',
    );
    const wanted = [
      '/usr/lib/x/libc.so.6',
      '/usr/bin/ldd',
      '/bin/busybox',
      '/init',
      '/lib/libz.so.1',
      '/none',
    ];
    const ownerOf = packageOwners(directoryTree(root), new Set(wanted));
    expect(wanted.map(ownerOf)).toEqual(['libc6', 'libc6', 'busybox', 'busybox', 'zlib', null]);
  });
});
