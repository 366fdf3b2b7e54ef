import { describe, expect, it } from 'vitest';
import type { FileTreeEntry } from './file-tree.ts';
import { resolvePath } from './resolve-path.ts';

/** '/' at the end makes a directory, '-> x' a link, anything else a file. */
function treeOf(...lines: readonly string[]): (path: string) => FileTreeEntry | null {
  const entries = new Map<string, FileTreeEntry>([['/', entry('directory')]]);
  for (const line of lines) {
    const [path = '', target] = line.split(' -> ');
    if (target !== undefined) entries.set(path, entry('symlink', target));
    else if (path.endsWith('/')) entries.set(path.slice(0, -1), entry('directory'));
    else entries.set(path, entry('file'));
  }
  return (path) => entries.get(path) ?? null;
}

function entry(kind: FileTreeEntry['kind'], target = ''): FileTreeEntry {
  return { kind, mode: 0o755, uid: 0, gid: 0, sizeBytes: 0, target, identity: '' };
}

describe('resolvePath', () => {
  const lstat = treeOf(
    '/usr/',
    '/usr/lib/',
    '/usr/lib/libc.so.6',
    '/lib -> usr/lib',
    '/abs -> /lib',
    '/up -> ../../../../usr',
    '/usr/lib/back -> ../lib/libc.so.6',
    '/dangling -> /nowhere',
    '/loop -> loop',
    '/slash -> usr/lib/libc.so.6/',
    '/empty -> ',
  );
  const real = (path: string): string | null => resolvePath(path, lstat)?.path ?? null;

  it('follows relative and absolute links inside the root', () => {
    expect(real('/lib/libc.so.6')).toBe('/usr/lib/libc.so.6');
    expect(real('/abs/libc.so.6')).toBe('/usr/lib/libc.so.6');
    expect(real('/abs/back')).toBe('/usr/lib/libc.so.6');
  });

  it('never goes above the root', () => {
    expect(real('/../../usr')).toBe('/usr');
    expect(real('/up/lib')).toBe('/usr/lib');
    expect(real('/..')).toBe('/');
    expect(real('/')).toBe('/');
  });

  it('takes `..` from where a link has led, as the kernel does', () => {
    expect(real('/lib/..')).toBe('/usr');
    expect(real('/lib/../lib/./libc.so.6')).toBe('/usr/lib/libc.so.6');
  });

  it('finds nothing behind files, loops, dangling and empty links', () => {
    expect(real('/usr/lib/libc.so.6/x')).toBeNull();
    expect(real('/usr/lib/libc.so.6/..')).toBeNull();
    expect(real('/usr/lib/libc.so.6/')).toBeNull();
    expect(real('/slash')).toBeNull();
    expect(real('/loop')).toBeNull();
    expect(real('/dangling')).toBeNull();
    expect(real('/empty')).toBeNull();
    expect(real('')).toBeNull();
  });

  it('leaves the last link alone when asked to, unless a slash follows it', () => {
    expect(resolvePath('/lib', lstat, { followLast: false })?.entry.kind).toBe('symlink');
    expect(resolvePath('/lib/', lstat, { followLast: false })?.path).toBe('/usr/lib');
    expect(resolvePath('/abs/back', lstat, { followLast: false })?.path).toBe('/usr/lib/back');
  });

  it('tells of each link it follows', () => {
    const links: string[] = [];
    resolvePath('/abs/back', lstat, { onLink: (path, target) => links.push(`${path} -> ${target}`) });
    expect(links).toEqual(['/abs -> /lib', '/lib -> usr/lib', '/usr/lib/back -> ../lib/libc.so.6']);
  });

  it('follows 40 links and not 41', () => {
    const chain = treeOf('/0', ...Array.from({ length: 41 }, (_, i) => `/${i + 1} -> ${i}`));
    expect(resolvePath('/40', chain)?.path).toBe('/0');
    expect(resolvePath('/41', chain)).toBeNull();
  });

  it('stops at the lengths of Linux', () => {
    expect(resolvePath(`/${'a'.repeat(256)}`, () => entry('file'))).toBeNull();
    expect(resolvePath(`/${'a'.repeat(255)}`, (p) => entry(p === '/' ? 'directory' : 'file'))).not.toBeNull();
    expect(resolvePath('/a'.repeat(2048), () => entry('directory'))).toBeNull();
    const long = treeOf(`/l -> ${'../'.repeat(1400)}`);
    expect(resolvePath('/l', long)).toBeNull();
  });
});
