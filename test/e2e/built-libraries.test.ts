import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILD_LIMIT_MS, type BuiltImage, cleanEnvironment, morsel } from '../built-cli.ts';
import { requireTool } from '../reference-tools.ts';

/** Programs with zlib, by each build system: it is built once, for musl, and all of them are static. */
let folder = '';

beforeAll(() => {
  for (const tool of ['musl-gcc', 'make', 'cmake', 'meson', 'ninja', 'autoreconf', 'pkg-config'])
    requireTool(tool);
  folder = mkdtempSync(join(tmpdir(), 'libraries-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const APP =
  '#include <stdio.h>\n#include <zlib.h>\nint main(void){ printf("%lx\\n", crc32(0, (const Bytef *)"morsel", 6)); return 0; }\n';

type Files = Readonly<Record<string, string>>;

const PROJECTS: readonly (readonly [string, Files, string])[] = [
  ['a Makefile', { Makefile: 'app: app.c\n\t$(CC) app.c -o app -lz\n' }, 'Makefile:2'],
  [
    'a Makefile with pkg-config',
    { Makefile: 'app: app.c\n\t$(CC) app.c -o app $(shell pkg-config --libs zlib)\n' },
    'Makefile:2',
  ],
  [
    'CMake',
    {
      'CMakeLists.txt':
        'cmake_minimum_required(VERSION 3.13)\nproject(app C)\nfind_package(ZLIB REQUIRED)\nadd_executable(app app.c)\ntarget_link_libraries(app ZLIB::ZLIB)\n',
    },
    'CMakeLists.txt:3',
  ],
  [
    'Meson',
    { 'meson.build': "project('app', 'c')\nexecutable('app', 'app.c', dependencies: dependency('zlib'))\n" },
    'meson.build:2',
  ],
  [
    'autotools',
    {
      'configure.ac':
        'AC_INIT([app], [1.0])\nAM_INIT_AUTOMAKE([foreign])\nAC_PROG_CC\nAC_CHECK_LIB([z], [crc32], [], [AC_MSG_ERROR([zlib is required])])\nAC_CONFIG_FILES([Makefile])\nAC_OUTPUT\n',
      'Makefile.am': 'bin_PROGRAMS = app\napp_SOURCES = app.c\n',
    },
    'configure.ac:4',
  ],
];

async function build(path: string, flags: readonly string[] = [], cache = 'cache'): Promise<BuiltImage> {
  const args = ['build', path, '-o', join(folder, 'image.tar'), '--format', 'json', ...flags];
  const { exitCode, stdout, stderr } = await morsel([...args, '--rung', 'static-musl'], {
    env: { ...cleanEnvironment(), XDG_CACHE_HOME: join(folder, cache) },
  });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return JSON.parse(stdout) as BuiltImage;
}

describe('a program with a library that musl has not', { timeout: BUILD_LIMIT_MS }, () => {
  it.each(PROJECTS)('is static by %s', async (name, files, askedBy) => {
    const project = join(folder, name.replaceAll(' ', '-'));
    mkdirSync(project);
    writeFileSync(join(project, 'app.c'), APP);
    for (const [path, text] of Object.entries(files)) writeFileSync(join(project, path), text);
    const built = await build(project);
    expect(built).toMatchObject({
      rung: 'static-musl',
      libraries: [{ name: 'zlib', licence: 'Zlib', askedBy }],
    });
    const evidence = JSON.parse(readFileSync(join(folder, 'image.evidence.json'), 'utf8')) as BuiltImage;
    expect(evidence).toMatchObject({ libraries: [{ name: 'zlib', source: 'debian:zlib' }] });
  });

  it('is static as a single file, without the network the next time', async () => {
    writeFileSync(join(folder, 'one.c'), APP);
    expect(await build(join(folder, 'one.c'), ['--offline'])).toMatchObject({
      libraries: [{ name: 'zlib', askedBy: 'one.c:2' }],
    });
  });

  it('has the same bytes where the library was built elsewhere', async () => {
    writeFileSync(join(folder, 'same.c'), APP);
    const [here, there] = [
      await build(join(folder, 'same.c')),
      await build(join(folder, 'same.c'), [], 'other'),
    ];
    expect(there.digest).toBe(here.digest);
  });

  it('is static by cgo', async () => {
    requireTool('go');
    const project = join(folder, 'cgo');
    mkdirSync(project);
    writeFileSync(join(project, 'go.mod'), 'module example.com/cgo\n\ngo 1.21\n');
    writeFileSync(
      join(project, 'main.go'),
      'package main\n\n// #cgo pkg-config: zlib\n// #include <zlib.h>\nimport "C"\n\nfunc main() { println(uint(C.zlibCompileFlags())) }\n',
    );
    const built = await build(project);
    expect(built).toMatchObject({
      rung: 'static-musl',
      libraries: [{ name: 'zlib' }],
      proof: { status: 'passed' },
    });
  });

  it('loses that rung where none is to be built', async () => {
    writeFileSync(join(folder, 'none.c'), APP);
    const args = ['build', join(folder, 'none.c'), '--no-libraries', '--rung', 'static-musl', '-o'];
    const { exitCode, stderr } = await morsel([...args, join(folder, 'none.tar')]);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('zlib.h');
  });
});
