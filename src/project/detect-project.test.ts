import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MorselError } from '../core/errors.ts';
import { hasTool } from '../../test/reference-tools.ts';
import { detectProject } from './detect-project.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'morsel-detect-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(name: string, content: string | Uint8Array = ''): string {
  const path = join(root, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

async function errorOf(path: string, bin?: string): Promise<MorselError> {
  try {
    await detectProject(path, { bin });
  } catch (error) {
    if (error instanceof MorselError) return error;
    throw error;
  }
  throw new Error('it was detected');
}

const MAIN = 'int main(void) { return 0; }\n';

describe('detectProject on files', () => {
  it.each([
    ['a.c', 'c'],
    ['a.cc', 'c++'],
    ['a.cpp', 'c++'],
    ['a.cxx', 'c++'],
    ['a.C', 'c++'],
  ])('%s is %s', async (name, language) => {
    const path = write(name, MAIN);
    expect(await detectProject(path)).toMatchObject({
      kind: 'c',
      language,
      buildSystem: 'single',
      source: path,
      name: 'a',
    });
  });

  it('takes any ELF executable, under the name of the file', async () => {
    const path = write('My Prog', readFileSync(process.execPath));
    expect(await detectProject(path)).toMatchObject({
      kind: 'binary',
      path,
      name: 'my-prog',
      directory: root,
    });
  });

  it.each<[string, string | Uint8Array, string, RegExp]>([
    ['empty', '', 'NOT_AN_EXECUTABLE', /is empty/],
    [
      'script',
      '#!/usr/bin/env python3\nprint(1)\n',
      'NOT_AN_EXECUTABLE',
      /script for \/usr\/bin\/env python3/,
    ],
    ['windows.exe', 'MZ\x90', 'NOT_AN_EXECUTABLE', /Windows/],
    ['mach', Uint8Array.of(0xcf, 0xfa, 0xed, 0xfe), 'NOT_AN_EXECUTABLE', /macOS/],
    ['text', 'hello', 'NOT_AN_EXECUTABLE', /neither an ELF/],
    ['truncated', '\x7fELF\x02\x01\x01', 'ELF_INVALID', /./],
    ['empty.c', '', 'NOT_AN_EXECUTABLE', /is empty/],
    ['main.rs', 'fn main() {}', 'NO_PROJECT', /single Rust file/],
  ])('%s is refused', async (name, content, code, message) => {
    const error = await errorOf(write(name, content));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('says that a path does not exist', async () => {
    expect((await errorOf(join(root, 'nothing'))).code).toBe('NOT_FOUND');
    expect((await errorOf(join(write('file', 'x'), 'below'))).code).toBe('NOT_FOUND');
  });

  it('does not wait for a writer of a pipe', async () => {
    const path = join(root, 'pipe');
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    expect((await errorOf(path)).code).toBe('UNREADABLE');
  });

  it.skipIf(!hasTool('gcc'))('refuses libraries and object files', async () => {
    const source = write('x.c', 'int x(void) { return 1; }\n');
    expect(spawnSync('gcc', ['-shared', '-fPIC', source, '-o', join(root, 'x.so')]).status).toBe(0);
    expect(spawnSync('gcc', ['-c', source, '-o', join(root, 'x.o')]).status).toBe(0);
    expect((await errorOf(join(root, 'x.so'))).message).toMatch(/shared library/);
    expect((await errorOf(join(root, 'x.o'))).message).toMatch(/its type is REL/);
  });

  it.skipIf(process.getuid?.() === 0)('says that a file cannot be read', async () => {
    const path = write('secret', 'x');
    chmodSync(path, 0);
    expect((await errorOf(path)).code).toBe('UNREADABLE');
  });
});

describe('detectProject on directories', () => {
  it.each<[string, Record<string, string>, object]>([
    ['a Makefile', { Makefile: 'all:\n', 'main.c': MAIN }, { buildSystem: 'make', language: 'c' }],
    ['GNUmakefile', { GNUmakefile: 'all:\n', 'src/main.cc': MAIN }, { buildSystem: 'make', language: 'c++' }],
    ['C++ in tests only', { Makefile: 'all:\n', 'main.c': MAIN, 'tests/t.cpp': MAIN }, { language: 'c' }],
    [
      'CMake',
      { 'CMakeLists.txt': 'project(demo VERSION 1.2)\n' },
      { buildSystem: 'cmake', name: 'demo', version: '1.2' },
    ],
    ['a CMake part', { 'CMakeLists.txt': 'add_library(x)\n', Makefile: 'all:\n' }, { buildSystem: 'make' }],
    [
      'Meson',
      { 'meson.build': "project('m', 'cpp')\n", 'm.cpp': MAIN },
      { buildSystem: 'meson', language: 'c++' },
    ],
    ['Meson below', { 'meson.build': "executable('m')\n", Makefile: 'a:\n' }, { buildSystem: 'make' }],
    ['CMake before make', { 'CMakeLists.txt': 'project(x)', Makefile: 'all:\n' }, { buildSystem: 'cmake' }],
    [
      'a generated Makefile',
      { 'configure.ac': 'AC_INIT([x],[1])', Makefile: '# Makefile.in generated by automake\n' },
      { buildSystem: 'autotools' },
    ],
    [
      'configure before a CMakeLists.txt that installs nothing',
      { 'CMakeLists.txt': 'project(x)\nadd_executable(x x.c)', 'configure.in': 'AC_INIT(x.c)' },
      { buildSystem: 'autotools' },
    ],
    [
      'CMake that installs, before configure',
      { 'CMakeLists.txt': 'project(x)\ninstall (TARGETS x)', configure: '#!/bin/sh\n' },
      { buildSystem: 'cmake' },
    ],
    [
      'CMake with folders of its own, before configure',
      { 'CMakeLists.txt': 'project(x)\nadd_subdirectory(src)', 'configure.ac': 'AC_INIT([x], [1])' },
      { buildSystem: 'cmake' },
    ],
    ['one source', { 'only.c': MAIN, 'notes.txt': '' }, { buildSystem: 'single', name: 'only' }],
    [
      'Rust with a Makefile',
      {
        'Cargo.toml': '[package]\nname = "r"\nversion = "0.1.0"\n',
        'src/main.rs': 'fn main() {}',
        Makefile: 'all:\n',
      },
      { kind: 'rust' },
    ],
    [
      'Go with a Makefile',
      { 'go.mod': 'module x.org/g\n', 'main.go': 'package main\nfunc main() {}\n', Makefile: 'all:\n' },
      { kind: 'go' },
    ],
  ])('%s', async (_, files, expected) => {
    for (const [name, content] of Object.entries(files)) write(name, content);
    expect(await detectProject(root)).toMatchObject(expected);
  });

  it('reads what kind of configure it is', async () => {
    write(
      'configure',
      '#! /bin/sh\n# Generated by GNU Autoconf 2.71.\n  --enable-shared[=PKGS]  build shared\n',
    );
    write('build-aux/config.sub', 'musl*');
    expect(await detectProject(root)).toMatchObject({
      configure: { generated: true, byAutoconf: true, usesLibtool: true, knowsMusl: true },
    });
    write('configure', '#!/bin/sh\necho mine\n');
    expect(await detectProject(root)).toMatchObject({
      configure: { generated: true, byAutoconf: false, usesLibtool: false },
    });
  });

  it('sees that configure was made long before configure.ac was changed', async () => {
    const script = write('configure', '# Generated by GNU Autoconf 2.71.\n');
    write('configure.ac', 'AC_INIT([x],[1])');
    expect(await detectProject(root)).toMatchObject({ configure: { stale: false } });
    utimesSync(script, 1, 1);
    expect(await detectProject(root)).toMatchObject({ configure: { stale: true } });
  });

  it('builds what the named manifest builds', async () => {
    write('CMakeLists.txt', 'project(x)');
    const makefile = write('Makefile', 'all:\n');
    expect(await detectProject(makefile)).toMatchObject({ buildSystem: 'make', directory: root });
  });

  it('takes name and version from the folder of a released source tree', async () => {
    write('tree-2.1.0/Makefile', 'all:\n');
    expect(await detectProject(join(root, 'tree-2.1.0'))).toMatchObject({ name: 'tree', version: '2.1.0' });
  });

  it('lists several sources, and takes the one that is chosen', async () => {
    write('a.c', MAIN);
    write('b.cpp', MAIN);
    const error = await errorOf(root);
    expect(error.code).toBe('AMBIGUOUS_PROJECT');
    expect(error.details).toEqual({ candidates: ['a.c', 'b.cpp'] });
    expect(await detectProject(root, { bin: 'b' })).toMatchObject({
      source: join(root, 'b.cpp'),
      language: 'c++',
    });
    expect(await detectProject(root, { bin: 'a.c' })).toMatchObject({ source: join(root, 'a.c') });
    expect((await errorOf(root, 'c')).code).toBe('AMBIGUOUS_PROJECT');
  });

  it.each(['win32', 'beos', 'MacOSX', 'scripts/kconfig', 'Windows', 'vms'])(
    'is C, whatever else lies in %s for another system or for the build',
    async (folder) => {
      write('Makefile', 'all:\n');
      write('main.c', MAIN);
      write(`${folder}/other.cpp`, MAIN);
      expect(await detectProject(root)).toMatchObject({ language: 'c' });
      write('own/other.cpp', MAIN);
      expect(await detectProject(root)).toMatchObject({ language: 'c++' });
    },
  );

  it('is C with one C++ file among many that a Makefile may never compile, but not where CMake names C++', async () => {
    for (let index = 0; index < 12; index++) write(`part${index}.c`, 'int x;\n');
    write('kit.cpp', 'int y;\n');
    write('Makefile', 'all:\n');
    expect(await detectProject(root)).toMatchObject({ language: 'c' });
    write('kit2.cpp', 'int z;\n');
    expect(await detectProject(root)).toMatchObject({ language: 'c++' });
    rmSync(join(root, 'kit2.cpp'));
    write('CMakeLists.txt', 'project(x LANGUAGES C CXX)\n');
    expect(await detectProject(root)).toMatchObject({ language: 'c++' });
  });

  it('takes several files as one program, named after the first', async () => {
    const main = write('main.c', MAIN);
    const part = write('lib/part.cpp', 'int x;\n');
    expect(await detectProject(main, { moreSources: [part, main] })).toMatchObject({
      kind: 'c',
      name: 'main',
      language: 'c++',
      buildSystem: 'single',
      source: main,
      sources: [
        { path: main, language: 'c' },
        { path: part, language: 'c++' },
      ],
    });
    expect(await detectProject(main, { moreSources: [main] })).toMatchObject({ source: main, language: 'c' });
  });

  it.each(['lib', 'app', 'Makefile', 'absent.c'])('refuses %s as one of several files', async (name) => {
    const main = write('main.c', MAIN);
    mkdirSync(join(root, 'lib'));
    write('app', readFileSync(process.execPath));
    write('Makefile', 'all:\n');
    const code = name === 'absent.c' ? 'NOT_FOUND' : 'USAGE';
    const other = join(root, name);
    await expect(detectProject(main, { moreSources: [other] })).rejects.toMatchObject({ code });
    await expect(detectProject(other, { moreSources: [main] })).rejects.toMatchObject({ code });
  });

  it('is built by make where the user names a makefile in it', async () => {
    write('a.c', MAIN);
    write('b.c', MAIN);
    write('unix/Makefile', 'all:\n');
    expect(await detectProject(root, { byMake: true })).toMatchObject({
      buildSystem: 'make',
      directory: root,
    });
  });

  it('asks which, for a tree that is Rust and Go', async () => {
    write('Cargo.toml', '[package]\nname = "r"\n');
    write('go.mod', 'module x\n');
    expect((await errorOf(root)).code).toBe('AMBIGUOUS_PROJECT');
  });

  it('says what it looked for', async () => {
    write('README.md');
    const error = await errorOf(root);
    expect(error.code).toBe('NO_PROJECT');
    expect(error.hint).toMatch(/Cargo\.toml, go\.mod, CMakeLists\.txt, meson\.build/);
  });

  it('is not caught in a loop of links', async () => {
    write('Makefile', 'all:\n');
    symlinkSync('.', join(root, 'loop'));
    expect(await detectProject(root)).toMatchObject({ buildSystem: 'make' });
  });
});
