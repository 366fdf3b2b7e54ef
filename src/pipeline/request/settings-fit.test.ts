import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requestOf } from './request-of.ts';

let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'settings-fit-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const SINGLE = { 'main.c': 'int main(void) { return 0; }\n' };
const SEVERAL = { ...SINGLE, 'part.c': '', 'Build.sh': '$CC -o app main.c part.c\n' };
const MAKE = { ...SINGLE, Makefile: 'app: main.c\n' };
const CMAKE = { ...SINGLE, 'CMakeLists.txt': 'project(app C)\nadd_executable(app main.c)\n' };
const AUTOTOOLS = { ...SINGLE, 'configure.ac': 'AC_INIT([app], [1])\n' };
const RUST = {
  'Cargo.toml': '[package]\nname = "app"\nversion = "1.0.0"\n',
  'src/main.rs': 'fn main() {}\n',
};
const GO = { 'go.mod': 'module example.com/app\n\ngo 1.19\n', 'main.go': 'package main\n\nfunc main() {}\n' };

async function refusal(files: Readonly<Record<string, string>>, configuration: object): Promise<string> {
  const all = { ...files, 'morsel.json': JSON.stringify(configuration) };
  for (const [name, content] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  try {
    await requestOf({ path: folder });
    return 'taken';
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return `${code} ${message.slice(message.lastIndexOf('morsel.json:'))}`;
  }
}

describe('fields for what builds a project', () => {
  it.each([
    [SINGLE, { c: { link: ['z'] } }],
    [MAKE, { c: { cflags: ['-O3'] }, make: ['V=1'] }],
    [CMAKE, { cmake: { X: true }, c: { std: 'c17' } }],
    [AUTOTOOLS, { configure: ['--x'], make: ['V=1'], rungs: { 'static-musl': { configure: ['--y'] } } }],
    [RUST, { cargo: { features: ['x'] }, prepare: ['true'] }],
    [SEVERAL, { build: ['sh', 'Build.sh'], c: { cflags: ['-O3'] } }],
    [MAKE, { build: [['make', 'parts'], ['./link']] }],
    [GO, { go: { tags: ['x'] } }],
    // Nothing is said, and nothing is lost.
    [GO, { c: { link: [] }, cargo: {}, configure: [], cmake: {}, rungs: { closure: {} } }],
  ])('are taken: %#', async (files, configuration) => {
    expect(await refusal(files, configuration)).toBe('taken');
  });

  it.each([
    [SINGLE, { make: ['V=1'] }, '1:2: make has no effect: main is compiled from its source files alone'],
    [MAKE, { configure: ['--x'] }, /^1:2: configure has no effect: \S+ is built by make$/],
    [CMAKE, { make: ['V=1'] }, '1:2: make has no effect: app is built by cmake'],
    [AUTOTOOLS, { cmake: ['-DX=1'] }, '1:2: cmake has no effect: app is built by configure and make'],
    [RUST, { c: { link: ['z'] } }, '1:2: c has no effect: app is built by cargo'],
    [
      SEVERAL,
      { build: ['sh', 'Build.sh'], make: ['V=1'] },
      /^1:\d+: make has no effect: \S+ is built by the commands of `build`$/,
    ],
    [GO, { build: ['./x'] }, '1:2: build has no effect: app is built by go'],
    [
      MAKE,
      { build: ['/bin/sh'] },
      '1:10: build must name its program as it is found in PATH, or below the project',
    ],
    [GO, { cargo: { defaultFeatures: false } }, '1:2: cargo has no effect: app is built by go'],
    [
      GO,
      { rungs: { closure: { make: ['x'] } } },
      '1:22: rungs.closure.make has no effect: app is built by go',
    ],
    [GO, { cargo: { features: ['x'] }, meson: ['x'] }, /^1:2: .* \(the first of 2 problems\)$/],
  ])('are refused by name: %#', async (files, configuration, problem) => {
    const text = await refusal(files, configuration);
    expect(text).toMatch(/^CONFIG_INVALID morsel\.json:/);
    const said = text.replace('CONFIG_INVALID morsel.json:', '');
    if (typeof problem === 'string') expect(said).toBe(problem);
    else expect(said).toMatch(problem);
  });
});

describe('folders of headers', () => {
  it.each(['include', '.', 'a/../include', '/usr/include', 'not-made-yet', '..x'])(
    '%s is taken',
    async (path) => {
      mkdirSync(join(folder, 'include'));
      expect(await refusal(SINGLE, { c: { includes: [path] } })).toBe('taken');
    },
  );

  it.each(['..', '../x', 'include/../../x', 'link', 'link/skel'])('%s leads out', async (path) => {
    mkdirSync(join(folder, 'include'));
    symlinkSync('/etc', join(folder, 'link'));
    expect(await refusal(SINGLE, { c: { includes: ['include', path] } })).toMatch(
      /^CONFIG_INVALID morsel\.json:1:\d+: c\.includes\[1\] leads out of the project$/,
    );
  });
});
