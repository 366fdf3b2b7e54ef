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
import { copySources } from './copy-sources.ts';
import { fingerprintSources, listSources, type SourceEntry } from './list-sources.ts';

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

const entries = async (exclude: readonly string[] = []): Promise<readonly SourceEntry[]> =>
  (await listSources(from, exclude)).entries;
const names = async (exclude: readonly string[] = []): Promise<readonly string[]> =>
  (await entries(exclude)).map((entry) => entry.path);
const fingerprint = async (): Promise<string> => fingerprintSources(await entries());

describe('listSources', () => {
  it('leaves out what belongs to another build', async () => {
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
    expect(await names()).toEqual(['a.c', 'lib', 'lib/b.h', 'libprebuilt.so.1', 'vendor.a']);
  });

  it('leaves out excluded paths and everything below', async () => {
    write('a.c');
    write('cache/work/src/a.c');
    expect(await names([join(from, 'cache/work')])).toEqual(['a.c', 'cache']);
  });
});

describe('copySources', () => {
  it('keeps contents, modes, times and links', async () => {
    write('configure', '#!/bin/sh\n', 0o755);
    write('dir/data.txt', 'data');
    utimesSync(join(from, 'dir/data.txt'), 1000, 1234.5);
    symlinkSync('dir/data.txt', join(from, 'link'));
    symlinkSync('nowhere', join(from, 'broken'));
    const to = join(root, 'to');
    await copySources(from, to, await entries());
    expect(readFileSync(join(to, 'link'), 'utf8')).toBe('data');
    expect(statSync(join(to, 'configure')).mode & 0o777).toBe(0o755);
    expect(statSync(join(to, 'dir/data.txt')).mtimeMs).toBe(1_234_500);
    expect(readlinkSync(join(to, 'broken'))).toBe('nowhere');
    expect(lstatSync(join(to, 'link')).isSymbolicLink()).toBe(true);
  });

  it('makes files that can be written although the sources cannot', async () => {
    write('readonly.h', 'x', 0o444);
    const to = join(root, 'to');
    await copySources(from, to, await entries());
    expect(statSync(join(to, 'readonly.h')).mode & 0o777).toBe(0o644);
  });
});

describe('fingerprintSources', () => {
  it("changes with a file's content time and with its name, not otherwise", async () => {
    write('a.c', 'one');
    const first = await fingerprint();
    expect(await fingerprint()).toBe(first);
    utimesSync(join(from, 'a.c'), 1, 1);
    const second = await fingerprint();
    expect(second).not.toBe(first);
    write('b.c');
    expect(await fingerprint()).not.toBe(second);
  });
});
