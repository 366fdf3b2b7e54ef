import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MorselError } from '../core/errors.ts';
import { decodeName } from '../tar/index.ts';
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

  it('reads names that are not UTF-8, byte for byte', () => {
    const name = Buffer.from('caf\xe9', 'latin1');
    const folder = Buffer.concat([Buffer.from(`${root}/`), name]);
    const inside = (last: string) => Buffer.concat([folder, Buffer.from('/'), Buffer.from(last, 'latin1')]);
    mkdirSync(folder);
    writeFileSync(inside('\xff'), 'odd');
    symlinkSync(Buffer.from('\xff', 'latin1'), inside('link'));
    const tree = directoryTree(root);
    const path = `/${decodeName(name)}`;
    expect(tree.list(path)).toEqual(['link', decodeName(Buffer.from([0xff]))]);
    expect(text(`${path}/link`)).toBe('odd');
    expect([...tree.walk()].filter((walked) => walked.path.startsWith(`${path}/`))).toHaveLength(2);
    rmSync(folder, { recursive: true });
  });

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
