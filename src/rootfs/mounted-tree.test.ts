import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FileTree } from './file-tree.ts';
import { mountedTree } from './index.ts';

let folder = '';
let tree: FileTree;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mounted-tree-'));
  for (const path of ['root/own', 'usr/bin/ls', 'usr/share/x', 'passwd', 'etc/passwd', 'etc/hosts']) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), path);
  }
  symlinkSync('usr/bin', join(folder, 'root/bin'));
  symlinkSync('/bin/ls', join(folder, 'usr/share/link'));
  symlinkSync('../../../../passwd', join(folder, 'usr/share/out'));
  tree = mountedTree(join(folder, 'root'), [
    { source: join(folder, 'usr'), target: '/usr' },
    { source: join(folder, 'etc'), target: '/etc' },
    { source: join(folder, 'passwd'), target: '/etc/passwd' },
    { source: join(folder, 'passwd'), target: '/app/deep/file' },
  ]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const contentOf = (path: string): string | null => {
  const source = tree.open(path);
  const text = source?.read(0, source.sizeBytes).toString() ?? null;
  source?.close();
  return text;
};

it('shows what is mounted in the place of what it lies on', () => {
  expect(contentOf('/etc/passwd')).toBe('passwd');
  expect(contentOf('/etc/hosts')).toBe('etc/hosts');
  expect(contentOf('/own')).toBe('root/own');
  expect(tree.lstat('/usr/none')).toBeNull();
  expect(tree.hostPath?.('/bin/ls')).toBe(join(folder, 'usr/bin/ls'));
});

it('leads links through mounts and never out of the root', () => {
  expect(tree.resolve('/usr/share/link')?.path).toBe('/usr/bin/ls');
  expect(contentOf('/bin/ls')).toBe('usr/bin/ls');
  expect(tree.lstat('/bin')?.kind).toBe('symlink');
  expect(tree.resolve('/usr/share/out')).toBeNull();
});

it('has the directories that are made for mounts', () => {
  expect(tree.lstat('/app/deep')?.kind).toBe('directory');
  expect(tree.list('/')).toEqual(['app', 'bin', 'etc', 'own', 'usr']);
  expect(tree.list('/app')).toEqual(['deep']);
  expect(tree.list('/app/deep')).toEqual(['file']);
  expect(tree.list('/etc')).toEqual(['hosts', 'passwd']);
  expect(tree.list('/etc/passwd')).toEqual([]);
});
