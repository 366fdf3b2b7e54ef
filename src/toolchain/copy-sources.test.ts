import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copySources, fingerprintSources, listSources } from './copy-sources.ts';

let root: string;
let from: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'morsel-copy-'));
  from = join(root, 'from');
  mkdirSync(from);
});
afterEach(() => rmSync(root, { recursive: true }));

function write(name: string, content: string | Uint8Array = 'x', mode = 0o644): void {
  const path = join(from, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content, { mode });
}

const names = (exclude: readonly string[] = []): readonly string[] =>
  listSources(from, exclude).map((entry) => entry.path);

describe('listSources', () => {
  it('leaves out what belongs to another build', () => {
    for (const name of [
      'a.c',
      'lib/b.h',
      'a.o',
      'lib/.libs/b.o',
      'config.status',
      'CMakeCache.txt',
      '.git/HEAD',
      'vendor.a',
    ])
      write(name);
    write('old-program', Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), 0o755);
    write('libprebuilt.so.1', Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), 0o755);
    expect(names()).toEqual(['a.c', 'lib', 'lib/b.h', 'libprebuilt.so.1', 'vendor.a']);
  });

  it('leaves out excluded paths and everything below', () => {
    write('a.c');
    write('cache/work/src/a.c');
    expect(names([join(from, 'cache/work')])).toEqual(['a.c', 'cache']);
  });
});

describe('copySources', () => {
  it('keeps contents, modes, times and links', () => {
    write('configure', '#!/bin/sh\n', 0o755);
    write('dir/data.txt', 'data');
    utimesSync(join(from, 'dir/data.txt'), 1000, 1234.5);
    symlinkSync('dir/data.txt', join(from, 'link'));
    symlinkSync('nowhere', join(from, 'broken'));
    const to = join(root, 'to');
    copySources(from, to, listSources(from, []));
    expect(readFileSync(join(to, 'link'), 'utf8')).toBe('data');
    expect(statSync(join(to, 'configure')).mode & 0o777).toBe(0o755);
    expect(statSync(join(to, 'dir/data.txt')).mtimeMs).toBe(1_234_500);
    expect(readlinkSync(join(to, 'broken'))).toBe('nowhere');
    expect(lstatSync(join(to, 'link')).isSymbolicLink()).toBe(true);
  });

  it('makes files that can be written although the sources cannot', () => {
    write('readonly.h', 'x', 0o444);
    const to = join(root, 'to');
    copySources(from, to, listSources(from, []));
    expect(statSync(join(to, 'readonly.h')).mode & 0o777).toBe(0o644);
  });
});

describe('fingerprintSources', () => {
  it("changes with a file's content time and with its name, not otherwise", () => {
    write('a.c', 'one');
    const first = fingerprintSources(listSources(from, []));
    expect(fingerprintSources(listSources(from, []))).toBe(first);
    utimesSync(join(from, 'a.c'), 1, 1);
    const second = fingerprintSources(listSources(from, []));
    expect(second).not.toBe(first);
    write('b.c');
    expect(fingerprintSources(listSources(from, []))).not.toBe(second);
  });
});
