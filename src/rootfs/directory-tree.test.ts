import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MorselError } from '../core/errors.ts';
import { directoryTree } from './directory-tree.ts';

describe('directoryTree', () => {
  let dir = '';
  let root = '';

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'morsel-tree-'));
    root = join(dir, 'root');
    mkdirSync(join(root, 'usr/lib'), { recursive: true });
    writeFileSync(join(dir, 'secret'), 'outside');
    writeFileSync(join(root, 'usr/lib/libc.so.6'), 'inside', { mode: 0o755 });
    linkSync(join(root, 'usr/lib/libc.so.6'), join(root, 'usr/lib/hard'));
    symlinkSync('usr/lib', join(root, 'lib'));
    symlinkSync('/usr/lib', join(root, 'abs'));
    symlinkSync(`${dir}/secret`, join(root, 'host-path'));
    symlinkSync('../secret', join(root, 'escape'));
    symlinkSync('../../../../../secret', join(root, 'usr/lib/escape'));
    execFileSync('mkfifo', [join(root, 'fifo')]);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const text = (path: string): string | null => {
    const source = directoryTree(root).open(path);
    const bytes = source?.read(0, 100).toString() ?? null;
    source?.close();
    return bytes;
  };

  it('reads through relative and absolute links, with the directory as /', () => {
    expect(text('/lib/libc.so.6')).toBe('inside');
    expect(text('/abs/libc.so.6')).toBe('inside');
    expect(directoryTree(root).resolve('/abs/libc.so.6')?.path).toBe('/usr/lib/libc.so.6');
  });

  it('never leaves the root', () => {
    for (const path of ['/host-path', '/escape', '/lib/escape', '/../secret', '/usr/../../secret']) {
      expect(text(path), path).toBeNull();
      expect(directoryTree(root).resolve(path), path).toBeNull();
    }
  });

  it('tells entries apart and hard links together', () => {
    const tree = directoryTree(root);
    expect(tree.lstat('/lib')).toMatchObject({ kind: 'symlink', target: 'usr/lib' });
    expect(tree.lstat('/lib/libc.so.6')).toMatchObject({
      kind: 'file',
      sizeBytes: 6,
      mode: 0o755,
      target: '',
    });
    expect(tree.lstat('/lib/hard')?.identity).toBe(tree.lstat('/abs/libc.so.6')?.identity);
    expect(tree.lstat('/usr')?.identity).not.toBe(tree.lstat('/usr/lib')?.identity);
    expect(tree.lstat('/nothing')).toBeNull();
    expect(tree.lstat('/lib/libc.so.6/x')).toBeNull();
  });

  it('does not open what would block or has no bytes', () => {
    expect(directoryTree(root).lstat('/fifo')?.kind).toBe('other');
    expect(text('/fifo')).toBeNull();
    expect(text('/usr')).toBeNull();
  });

  it('lists by bytes', () => {
    expect(directoryTree(root).list('/lib')).toEqual(['escape', 'hard', 'libc.so.6']);
    expect(directoryTree(root).list('/')).toContain('usr');
    expect(directoryTree(root).list('/lib/libc.so.6')).toEqual([]);
    expect(directoryTree(root).list('/nothing')).toEqual([]);
  });

  it('takes the machine itself', () => {
    const tree = directoryTree('/');
    expect(tree.resolve('/bin/sh')?.entry.kind).toBe('file');
    expect(tree.list('/')).toContain('usr');
  });

  it('refuses a root that is no directory', () => {
    expect(() => directoryTree(join(dir, 'none'))).toThrow(MorselError);
    expect(() => directoryTree(join(dir, 'secret'))).toThrow(/not a directory/);
  });
});
