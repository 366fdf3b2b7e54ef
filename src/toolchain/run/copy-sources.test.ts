import { spawnSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeTree } from '../../core/remove-tree.ts';
import { copySources } from './copy-sources.ts';
import { fingerprintSources, listSources, MAX_SOURCE_BYTES, type SourceEntry } from './list-sources.ts';

let root: string;
let from: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'morsel-copy-'));
  from = join(root, 'from');
  mkdirSync(from);
});
afterEach(() => removeTree(root));

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

describe('a hostile source tree', () => {
  it('has its FIFOs and links to them left alone', async () => {
    write('a.c');
    spawnSync('mkfifo', [join(from, 'fifo.c')]);
    symlinkSync('fifo.c', join(from, 'link.c'));
    expect(await names()).toEqual(['a.c', 'link.c']);
    await copySources(from, join(root, 'to'), await entries());
    expect(lstatSync(join(root, 'to/link.c')).isSymbolicLink()).toBe(true);
  });

  it('is not waited for where a file has become a FIFO since it was listed', async () => {
    write('a.c');
    const listed = await entries();
    rmSync(join(from, 'a.c'));
    spawnSync('mkfifo', [join(from, 'a.c')]);
    expect(await copySources(from, join(root, 'to'), listed)).toEqual(['a.c']);
  });

  it('is not followed where a file has become a link since it was listed', async () => {
    write('a.c');
    const listed = await entries();
    rmSync(join(from, 'a.c'));
    symlinkSync('/etc/passwd', join(from, 'a.c'));
    expect(await copySources(from, join(root, 'to'), listed)).toEqual(['a.c']);
  });

  it('keeps its links as links, and what leads out leads there from the copy too', async () => {
    writeFileSync(join(root, 'outside.h'), 'outside');
    mkdirSync(join(from, 'sub'));
    symlinkSync('../../outside.h', join(from, 'sub/out.h'));
    symlinkSync('../sub', join(from, 'sub/in'));
    symlinkSync('/etc/hostname', join(from, 'absolute'));
    const to = join(root, 'deep/er/to');
    await copySources(from, to, await entries());
    expect(readlinkSync(join(to, 'sub/out.h'))).toBe(join(root, 'outside.h'));
    expect(readlinkSync(join(to, 'sub/in'))).toBe('../sub');
    expect(readlinkSync(join(to, 'absolute'))).toBe('/etc/hostname');
  });

  it('is refused with a file that would fill the disk', async () => {
    write('huge.bin');
    truncateSync(join(from, 'huge.bin'), MAX_SOURCE_BYTES + 1);
    await expect(listSources(from, [])).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      hint: /name the directory/,
    });
  });

  it('is refused when it is deeper than a path', async () => {
    const script = 'cd "$1"; for i in $(seq 30); do mkdir "$2"; cd "$2" || exit 1; done';
    spawnSync('sh', ['-c', script, 'sh', from, 'd'.repeat(200)]);
    await expect(listSources(from, [])).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  it('is left at once on interruption', async () => {
    for (let index = 0; index < 3000; index += 1) write(`f${index}`);
    const stop = new AbortController();
    setImmediate(() => stop.abort());
    const slow = async (): Promise<unknown> => {
      for (;;) await copySources(from, join(root, `to${Math.random()}`), await entries(), stop.signal);
    };
    await expect(slow()).rejects.toMatchObject({ code: 'INTERRUPTED' });
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
