import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { zigLibraries } from './zig-first-use.ts';

let cache = '';
let written = 0;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'morsel-zig-'));
  mkdirSync(join(cache, 'h'));
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

/** The first bytes of a manifest of zig 0.17.1, recorded of `libc/musl/src/time/timer_delete.c`. */
const HEAD = Buffer.from(
  '3b010000000000008aa5ce0000000000c9668eef8ddeeb18fe00e696da0d3a3d3126371db3a9a1c504',
  'hex',
);
const binary = (source: string): Buffer =>
  Buffer.concat([HEAD, Buffer.from(`${source}\0libc/musl/include/time.h\0`)]);
/** Of zig 0.13. */
const textual = (source: string): string =>
  `0\n315 13542794 1700000000 c9668eef8ddeeb18fe00e696da0d3a3d 1 ${source}\n`;

function compile(manifest: (source: string) => Buffer | string, source: string, times: number): void {
  for (let count = 0; count < times; count++)
    writeFileSync(join(cache, 'h', `${written++}`), manifest(source));
}

const look = (): ReturnType<typeof zigLibraries> => zigLibraries({ ZIG_GLOBAL_CACHE_DIR: cache });

describe.each([
  ['binary', binary],
  ['text', textual],
] as const)('manifests of zig, as %s', (_form, manifest) => {
  it('tell of its own libraries, one after the other, and not of what was there before', () => {
    compile(manifest, 'libc/musl/src/string/memcpy.c', 50);
    const now = look();
    expect(now?.()).toBeNull();
    compile(manifest, 'libc/musl/src/string/memcpy.c', 300);
    expect(now?.()).toEqual({
      unit: 'files',
      done: 300,
      total: 1056,
      current: null,
      once: 'zig\u2019s own C library',
    });
    expect(now?.()).toBeNull();
    compile(manifest, 'libcxx/src/algorithm.cpp', 9);
    expect(now?.()).toMatchObject({ done: 9, total: 55, once: 'zig\u2019s own libc++' });
    compile(manifest, 'libcxx/src/algorithm.cpp', 90);
    expect(now?.()).toMatchObject({ done: 99, total: null });
  });

  it('tell nothing of what is the user\u2019s own', () => {
    const now = look();
    compile(manifest, '/src/libc/musl/main.c', 100);
    compile(manifest, 'src/libcxx.c', 100);
    expect(now?.()).toBeNull();
  });
});

it('is silent where there is no cache yet, and where it cannot be read', () => {
  rmSync(cache, { recursive: true });
  const now = look();
  expect(now?.()).toBeNull();
  mkdirSync(join(cache, 'h'), { recursive: true });
  compile(binary, 'libunwind/src/libunwind.cpp', 5);
  expect(now?.()).toMatchObject({ once: 'zig\u2019s own libunwind' });
  writeFileSync(join(cache, 'file'), '');
  expect(zigLibraries({ ZIG_GLOBAL_CACHE_DIR: join(cache, 'file') })).toBeNull();
  expect(zigLibraries({})).toBeNull();
});

it('takes what is no manifest for nothing', () => {
  const now = look();
  for (const bytes of ['', '\0', '\n\n\n', 'x'.repeat(9999)]) compile(() => bytes, '', 3);
  mkdirSync(join(cache, 'h/folder'));
  expect(now?.()).toBeNull();
});
