import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { detectProject } from './detect-project.ts';
import { MANIFEST_LIMIT_BYTES } from './project-file.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'morsel-hostile-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(name: string, content = ''): string {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const fifo = (name: string): unknown => spawnSync('mkfifo', [join(root, name)]);
const MAIN = 'int main(void) { return 0; }\n';
const CARGO = '[package]\nname = "app"\n';

describe('entries that cannot be looked at', () => {
  it('hide none of the others', async () => {
    write('hello.c', MAIN);
    symlinkSync('x', join(root, 'x'));
    symlinkSync('nothing/y', join(root, 'y'));
    symlinkSync('hello.c/z', join(root, 'z'));
    fifo('pipe');
    expect(await detectProject(root)).toMatchObject({ source: join(root, 'hello.c') });
  });

  it.each(['LICENSE', '.cargo/config.toml', 'src/bin/tool.rs'])('do not stop Rust: %s', async (name) => {
    write('Cargo.toml', CARGO);
    write('src/main.rs');
    mkdirSync(dirname(join(root, name)), { recursive: true });
    fifo(name);
    expect(await detectProject(root)).toMatchObject({ kind: 'rust', binary: 'app' });
  });

  it('do not stop Go', async () => {
    write('go.mod', 'module example.com/app\n');
    write('main.go', 'package main\nfunc main() {}\n');
    fifo('other.go');
    symlinkSync('loop.go', join(root, 'loop.go'));
    expect(await detectProject(root)).toMatchObject({ kind: 'go', binary: 'app' });
  });
});

describe('a build file that cannot be one', () => {
  it.each([
    ['go.mod', 'module example.com/app\n', 'go.work'],
    ['go.mod', 'module example.com/app\n', 'go.sum'],
    ['Cargo.toml', CARGO, 'Cargo.lock'],
    ['Cargo.toml', CARGO, 'rust-toolchain.toml'],
  ])('is an error as well where the tool of %s reads it: %#', async (manifest, content, name) => {
    write(manifest, content);
    symlinkSync('/dev/zero', join(root, name));
    await expect(detectProject(root)).rejects.toMatchObject({ code: 'UNREADABLE', hint: /remove it/ });
  });

  it.each(['CMakeLists.txt', 'Makefile', 'meson.build', 'Cargo.toml', 'go.mod', 'configure.ac'])(
    'is an error of the project when it is a FIFO: %s',
    async (name) => {
      write('hello.c', MAIN);
      fifo(name);
      await expect(detectProject(root)).rejects.toMatchObject({ code: 'UNREADABLE', hint: /remove it/ });
    },
  );

  it.each(['CMakeLists.txt', 'meson.build'])('is an error when it is a link to nothing: %s', async (name) => {
    write('hello.c', MAIN);
    symlinkSync('nothing/here', join(root, name));
    await expect(detectProject(root)).rejects.toMatchObject({ code: 'UNREADABLE' });
  });

  it.each([
    ['CMakeLists.txt', 'proj ect(hello C'],
    ['meson.build', 'proj ect(1'],
    ['CMakeLists.txt', ''],
  ])('is not passed over for one C file: %s with %j', async (name, text) => {
    write('hello.c', MAIN);
    write(name, text);
    await expect(detectProject(root)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      hint: new RegExp(`morsel build ${join(root, 'hello.c')}`),
    });
    expect(await detectProject(join(root, 'hello.c'))).toMatchObject({ buildSystem: 'single' });
  });

  it('gives way to another one that can', async () => {
    write('CMakeLists.txt', 'add_library(part part.c)\n');
    write('Makefile', 'all:\n');
    expect(await detectProject(root)).toMatchObject({ buildSystem: 'make' });
  });

  it('is read up to a bound', async () => {
    truncateSync(write('Cargo.toml', CARGO), MANIFEST_LIMIT_BYTES + 1);
    await expect(detectProject(root)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });
});

describe('a source that leads out of the project', () => {
  it('is refused unless it is named', async () => {
    const outside = write('outside/secret.c', MAIN);
    mkdirSync(join(root, 'p'));
    symlinkSync(outside, join(root, 'p/main.c'));
    await expect(detectProject(join(root, 'p'))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(`to ${outside}`) as string,
      hint: /name it/,
    });
    expect(await detectProject(join(root, 'p/main.c'))).toMatchObject({ buildSystem: 'single' });
  });

  it('is taken when the link stays inside', async () => {
    write('src/hello.c', MAIN);
    symlinkSync('src/hello.c', join(root, 'hello.c'));
    expect(await detectProject(root)).toMatchObject({ source: join(root, 'hello.c') });
  });
});

describe('names and texts made to hang or to break out', () => {
  it.each(['--config', '../../evil', 'a/b', '', 'a b', '-x'])('refuses the package name %j', async (name) => {
    write('Cargo.toml', `[package]\nname = ${JSON.stringify(name)}\n`);
    write('src/main.rs');
    await expect(detectProject(root)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('refuses the binary name of a path', async () => {
    write('Cargo.toml', `${CARGO}[[bin]]\nname = "../../../x"\npath = "src/main.rs"\n`);
    write('src/main.rs');
    await expect(detectProject(root)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('looks for workspace members once in each folder', async () => {
    write(`${'a/'.repeat(60)}Cargo.toml`, CARGO);
    write(`${'a/'.repeat(60)}src/main.rs`);
    write('Cargo.toml', `[workspace]\nmembers = ["${'**/a/'.repeat(30)}**"]\n`);
    expect(await detectProject(root)).toMatchObject({ kind: 'rust', package: 'app' });
  });

  it('reads a feature list that no call takes as its arguments', async () => {
    const features = Array.from({ length: 80_000 }, (_, index) => `"f${index}"`).join(',');
    write('Cargo.toml', `${CARGO}[features]\ndefault = [${features}]\n`);
    write('src/main.rs');
    expect(await detectProject(root)).toMatchObject({ binary: 'app' });
  });

  const LONG = 250_000;
  it.each([
    ['CMakeLists.txt', `project(a)\n${'project('.repeat(LONG / 8)}`],
    ['CMakeLists.txt', 'project('.repeat(LONG / 8)],
    ['meson.build', `project('a')\n${'\n'.repeat(LONG)}`],
    ['meson.build', `project(${'\n'.repeat(LONG)}`],
    ['configure.ac', `AC_INIT([a])${'\n'.repeat(LONG)}x`],
    ['configure.ac', 'AC_INIT('.repeat(LONG / 8)],
    ['go.mod', `module ${'/'.repeat(LONG)}\rx\n`],
    ['go.mod', `module x\n//${'/'.repeat(LONG)}\rx\n`],
    ['Cargo.toml', `${CARGO}license = "${' '.repeat(LONG)}x"\n`],
    ['Cargo.toml', `${CARGO}version = "${'_'.repeat(LONG)}"\n`],
  ])('reads %s in time in proportion to its size', { timeout: 5_000 }, async (name, text) => {
    write(name, text);
    write('src/main.rs');
    write('main.go', `package main\n${'import('.repeat(LONG / 8)}`);
    rmSync(join(root, name === 'go.mod' ? 'src' : 'main.go'), { recursive: true });
    expect(await detectProject(root)).toMatchObject({ kind: expect.stringMatching(/c|go|rust/) as string });
  });

  it('refuses a build constraint that nests without end', async () => {
    write('go.mod', 'module x\n');
    write('main.go', `//go:build ${'('.repeat(100_000)}\npackage main\n`);
    await expect(detectProject(root)).rejects.toMatchObject({ code: 'NO_PROJECT' });
  });
});
