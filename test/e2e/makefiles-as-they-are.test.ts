import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILD_LIMIT_MS, type BuiltImage, cleanEnvironment, morsel } from '../built-cli.ts';
import { requireTool } from '../reference-tools.ts';

/** What build files of other people do, each of which has cost a program its rung, or the whole build. */
let folder = '';
let count = 0;

beforeAll(() => {
  for (const tool of ['musl-gcc', 'make', 'cmake', 'ninja']) requireTool(tool);
  folder = mkdtempSync(join(tmpdir(), 'makefiles-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Files = Readonly<Record<string, string>>;

async function build(files: Files): Promise<BuiltImage> {
  const project = join(folder, `${(count += 1)}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(project, name)), { recursive: true });
    writeFileSync(join(project, name), text);
  }
  const args = ['build', project, '-o', join(project, 'image.tar'), '--format', 'json', '--bin', 'app'];
  const { exitCode, stdout, stderr } = await morsel(args, {
    env: { ...cleanEnvironment(), XDG_CACHE_HOME: join(folder, 'cache') },
  });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return JSON.parse(stdout) as BuiltImage;
}

const MAIN = '#include <stdio.h>\nint main(void) { return puts("hello") < 0; }\n';
const many = Object.fromEntries(
  Array.from({ length: 12 }, (_, index) => [
    `part${index}.c`,
    `int part${index}(void) { return ${index}; }\n`,
  ]),
);

const PROJECTS: readonly (readonly [string, Files])[] = [
  [
    'a header that another rule makes, in no order (calc)',
    {
      Makefile: 'all: gen.h app\n\napp: main.c\n\t$(CC) -o app main.c\n\ngen.h:\n\tsleep 1; echo > gen.h\n',
      'main.c': `#include "gen.h"\n${MAIN}`,
    },
  ],
  [
    'the folders of the machine, by name (stunnel)',
    {
      Makefile: 'app: main.c\n\t$(CC) -I/usr/include -L/usr/lib/x86_64-linux-gnu -o app main.c\n',
      'main.c': MAIN,
    },
  ],
  [
    'one C++ file among many, which is never compiled (jimsh)',
    {
      Makefile: 'app: main.c\n\t$(CC) -o app main.c\n',
      'main.c': MAIN,
      'kit.cpp': '#error not compiled\n',
      ...many,
    },
  ],
  [
    'a variable of make in a CMakeLists.txt, at which Ninja stops (task)',
    {
      'CMakeLists.txt':
        'cmake_minimum_required(VERSION 3.13)\nproject(app C)\nadd_executable(app main.c)\nadd_custom_target(review COMMAND docker build $(PR) .)\n',
      'main.c': MAIN,
    },
  ],
];

describe(
  'a project is static with musl-gcc, whatever its build files have',
  { timeout: BUILD_LIMIT_MS },
  () => {
    it.each(PROJECTS)('%s', async (_, files) => {
      const built = await build(files);
      expect(built).toMatchObject({ rung: 'static-musl', rejected: [], proof: { status: 'passed' } });
      expect(built.toolchain).toContain('musl-gcc');
    });
  },
);
