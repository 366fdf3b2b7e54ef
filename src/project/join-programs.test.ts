import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MorselError } from '../core/errors.ts';
import { detectProject } from './detect-project.ts';
import type { Project } from './project.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'morsel-join-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}

const detect = (...bin: readonly string[]): Promise<Project> => detectProject(root, { bin });

async function errorOf(...bin: readonly string[]): Promise<MorselError> {
  try {
    await detect(...bin);
  } catch (error) {
    if (error instanceof MorselError) return error;
    throw error;
  }
  throw new Error('it was detected');
}

describe('several programs of a Go module', () => {
  const main = 'package main\nfunc main() {}\n';
  beforeEach(() => {
    write({
      'go.mod': 'module example.org/m\n',
      'cmd/a/main.go': main,
      'cmd/b/main.go': `package main\n// #include <stdio.h>\nimport "C"\nfunc main() {}\n`,
      'cmd/c/main.go': main,
      'tools/c/main.go': main,
    });
  });

  it('are sorted behind the first, each once, and use cgo where one of them does', async () => {
    expect(await detect('./cmd/c', 'b', 'a', './cmd/b')).toMatchObject({
      package: './cmd/c',
      binary: 'c',
      otherPrograms: [
        { package: './cmd/a', binary: 'a' },
        { package: './cmd/b', binary: 'b' },
      ],
      usesCgo: true,
      cgoPackages: ['example.org/m/cmd/b'],
    });
    expect(await detect('a', 'a')).toMatchObject({ package: './cmd/a', otherPrograms: [], usesCgo: false });
  });

  it('have a name each', async () => {
    expect(await errorOf('./cmd/c', './tools/c')).toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('called c') as unknown,
    });
  });

  it('are all there', async () => {
    expect(await errorOf('a', 'gone')).toMatchObject({ code: 'NO_PROJECT' });
  });
});

describe('several programs of a Cargo workspace', () => {
  it('may be of several packages', async () => {
    const manifest = (name: string, more = ''): string =>
      `[package]\nname = "${name}"\nversion = "1.0.0"\nedition = "2021"\n${more}`;
    write({
      'Cargo.toml': '[workspace]\nmembers = ["x", "y"]\n',
      'x/Cargo.toml': manifest('x'),
      'x/src/main.rs': 'fn main() {}\n',
      'y/Cargo.toml': manifest(
        'y',
        '[features]\ncli = []\n[[bin]]\nname = "yctl"\nrequired-features = ["cli"]\n',
      ),
      'y/src/bin/yctl.rs': 'fn main() {}\n',
    });
    expect(await detect('yctl', 'x')).toMatchObject({
      package: 'y',
      binary: 'yctl',
      features: ['cli'],
      otherPrograms: [{ package: 'x', binary: 'x', features: [] }],
    });
  });
});

describe('several programs of C', () => {
  it('are names for what the build makes', async () => {
    write({ Makefile: 'all:\n' });
    expect(await detect('bird', 'birdcl', 'birdc', './bird')).toMatchObject({
      binary: 'bird',
      otherPrograms: ['birdc', 'birdcl'],
    });
    expect(await errorOf('a/tool', 'b/tool')).toMatchObject({ code: 'USAGE' });
  });

  it('are no single files: each of these is a program of its own', async () => {
    write({ 'a.c': 'int main(void) { return 0; }\n', 'b.c': 'int main(void) { return 0; }\n' });
    expect(await errorOf('a', 'b')).toMatchObject({
      code: 'USAGE',
      hint: expect.stringContaining('Makefile') as unknown,
    });
  });

  it('are not without number', async () => {
    write({ Makefile: 'all:\n' });
    const names = Array.from({ length: 65 }, (_, index) => `p${index}`);
    expect(await errorOf(...names)).toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });
});
