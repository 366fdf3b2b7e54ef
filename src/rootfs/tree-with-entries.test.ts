import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryByteSource } from '../core/byte-source.ts';
import { directoryTree } from './directory-tree.ts';
import type { FileTree } from './file-tree.ts';
import type { LayerEntry } from './layer-entry.ts';
import { treeWithEntries } from './tree-with-entries.ts';

describe('treeWithEntries', () => {
  let root = '';
  beforeAll(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'tree-with-entries-')));
    mkdirSync(join(root, 'usr/lib'), { recursive: true });
    writeFileSync(join(root, 'usr/lib/below'), 'below');
    writeFileSync(join(root, 'usr/lib/other'), 'other');
    symlinkSync('usr/lib', join(root, 'lib'));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const file = (path: string, text: string): LayerEntry => ({
    kind: 'file',
    path,
    mode: 0o644,
    sizeBytes: text.length,
    reason: 'test',
    open: () => memoryByteSource(Buffer.from(text)),
  });
  const over = (...entries: readonly LayerEntry[]): FileTree => treeWithEntries(directoryTree(root), entries);
  const read = (tree: FileTree, path: string): string | undefined =>
    tree.open(path)?.read(0, 100).toString('latin1');

  it('is the tree itself where there is nothing over it', () => {
    const tree = directoryTree(root);
    expect(treeWithEntries(tree, [])).toBe(tree);
  });

  it('shows what is over a file, by every name that leads there', () => {
    for (const path of ['/lib/below', '/usr/lib/below']) {
      const tree = over(file(path, 'above'));
      expect(read(tree, '/lib/below')).toBe('above');
      expect(read(tree, '/usr/lib/below')).toBe('above');
      expect(read(tree, '/lib/../lib/other')).toBe('other');
      expect(tree.resolve('/lib/below')?.path).toBe('/usr/lib/below');
      // Nothing on the disk is what the tree shows.
      expect(tree.hostPath?.('/lib/below')).toBeNull();
      expect(tree.hostPath?.('/lib/other')).toBe(join(root, 'usr/lib/other'));
    }
  });

  it('makes the directories above, and lists both', () => {
    const tree = over(file('/opt/x/new', 'new'), {
      kind: 'symlink',
      path: '/opt/link',
      target: '../lib',
      reason: 'test',
    });
    expect(read(tree, '/opt/x/new')).toBe('new');
    expect(read(tree, '/opt/link/other')).toBe('other');
    expect(tree.lstat('/opt/link')).toMatchObject({ kind: 'symlink', target: '../lib' });
    expect(tree.resolve('/opt/x')?.entry.kind).toBe('directory');
    expect(tree.list('/')).toEqual(['lib', 'opt', 'usr']);
    expect(tree.list('/opt/link')).toEqual(['below', 'other']);
    expect(tree.resolve('/opt/absent')).toBeNull();
    expect(tree.open('/opt/x')).toBeNull();
  });
});
