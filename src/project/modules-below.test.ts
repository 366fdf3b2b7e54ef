import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MorselError } from '../core/errors.ts';
import { detectProject } from './detect-project.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'morsel-below-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function tree(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

async function failure(bin?: string): Promise<MorselError> {
  try {
    await detectProject(root, { bin });
  } catch (error) {
    if (error instanceof MorselError) return error;
    throw error;
  }
  throw new Error('it was detected');
}

const MAIN = 'package main\n\nfunc main() {}\n';
const MAKE = 'all:\n\tcd frontend && go build\n';

describe('a tree without a manifest at its top', () => {
  it('offers its modules, as bird-lg-go has them, and not its Makefile', async () => {
    tree({
      Makefile: MAKE,
      'frontend/go.mod': 'module example.com/lg/frontend\n',
      'frontend/main.go': MAIN,
      'proxy/go.mod': 'module example.com/lg/proxy\n',
      'proxy/main.go': MAIN,
      'common/go.mod': 'module example.com/lg/common\n',
      'common/lib.go': 'package common\n',
    });
    const error = await failure();
    expect(error.code).toBe('AMBIGUOUS_PROJECT');
    expect(error.message).toContain('./frontend, ./proxy');
    expect(error.hint).toBe(`name one: morsel build ${join(root, 'frontend')}`);
    expect(error.details).toEqual({ candidates: ['./frontend', './proxy'] });
    expect(await detectProject(root, { bin: 'proxy' })).toMatchObject({ kind: 'go', name: 'proxy' });
  });

  it.each([
    ['go', { 'src/go.mod': 'module example.com/app\n', 'src/main.go': MAIN }],
    ['rust', { 'src/Cargo.toml': '[package]\nname = "app"\n', 'src/src/main.rs': 'fn main() {}\n' }],
  ])('takes the only module, and says so: %s', async (kind, files) => {
    tree({
      Makefile: MAKE,
      'examples/x/go.mod': 'module example.com/x\n',
      'examples/x/main.go': MAIN,
      ...files,
    });
    const project = await detectProject(root);
    expect(project).toMatchObject({ kind, name: 'app', directory: join(root, 'src') });
    expect(project.notes?.[0]?.message).toContain('took ./src');
  });

  it('says what Go without a module is to get', async () => {
    tree({ Makefile: MAKE, 'main.go': MAIN, 'vendor/x/x.go': 'package x\n' });
    const error = await failure();
    expect(error.code).toBe('NO_PROJECT');
    expect(error.message).toContain('has Go sources (main.go), but no go.mod');
    expect(error.hint).toContain('go mod init');
  });

  it('is a C project by its sources, whatever else lies below', async () => {
    tree({
      Makefile: 'all: app\n',
      'src/app.c': 'int main(void) { return 0; }\n',
      'contrib/go/go.mod': 'module example.com/x\n',
      'contrib/go/main.go': MAIN,
    });
    expect(await detectProject(root)).toMatchObject({ kind: 'c', buildSystem: 'make' });
    tree({ 'CMakeLists.txt': 'project(x)\n' });
    rmSync(join(root, 'src'), { recursive: true });
    expect(await detectProject(root)).toMatchObject({ kind: 'c', buildSystem: 'cmake' });
  });

  it('keeps what a Makefile alone may build', async () => {
    tree({ Makefile: 'all:\n\t./generate\n' });
    expect(await detectProject(root)).toMatchObject({ kind: 'c', buildSystem: 'make' });
  });
});
