import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findHeaderPackages } from './find-header-packages.ts';

let lists: string;
beforeEach(() => {
  lists = mkdtempSync(join(tmpdir(), 'morsel-lists-'));
});
afterEach(() => rmSync(lists, { recursive: true }));

function list(name: string, ...paths: readonly string[]): void {
  writeFileSync(join(lists, `${name}.list`), ['/.', '/usr', ...paths, ''].join('\n'));
}

describe('findHeaderPackages', () => {
  it('takes headers alone, with what CMake and pkg-config read of them', () => {
    list('nlohmann-json3-dev', '/usr/include', '/usr/include/nlohmann', '/usr/include/nlohmann/json.hpp',
      '/usr/share/cmake/nlohmann_json', '/usr/share/cmake/nlohmann_json/nlohmann_jsonConfig.cmake',
      '/usr/share/pkgconfig/nlohmann_json.pc'); // prettier-ignore
    list('uthash-dev:amd64', '/usr/include/uthash.h');
    expect(findHeaderPackages(lists)).toEqual([
      {
        name: 'nlohmann-json3-dev',
        headers: ['nlohmann'],
        cmake: ['nlohmann_json'],
        modules: ['nlohmann_json.pc'],
      },
      { name: 'uthash-dev', headers: ['uthash.h'], cmake: [], modules: [] },
    ]);
  });

  it.each<[string, readonly string[]]>([
    ['zlib1g-dev', ['/usr/include/zlib.h', '/usr/lib/x86_64-linux-gnu/libz.a']],
    ['libx-dev', ['/usr/include/x.h', '/usr/lib/x86_64-linux-gnu/libx.so']],
    ['liby-dev', ['/usr/include/y.h', '/usr/lib/x86_64-linux-gnu/liby.so.1']],
    ['libz-dev', ['/usr/include/z.h', '/usr/include/x86_64-linux-gnu/zconf.h']],
    ['linux-libc-dev', ['/usr/include/linux/kernel.h']],
    ['libc6-dev', ['/usr/include/stdio.h']],
    ['libstdc++-12-dev', ['/usr/include/c++/12/vector']],
    ['libc6-dev-arm64-cross', ['/usr/include/x.h']],
    ['doc-dev', ['/usr/share/doc/x']],
    ['nodev', ['/usr/include/x.h']],
  ])('does not take %s', (name, paths) => {
    list(name, ...paths);
    expect(findHeaderPackages(lists)).toEqual([]);
  });

  it('finds none where there are no such lists', () => {
    mkdirSync(join(lists, 'odd-dev.list'));
    expect(findHeaderPackages(lists)).toEqual([]);
    expect(findHeaderPackages(join(lists, 'absent'))).toEqual([]);
  });
});
