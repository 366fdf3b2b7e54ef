import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MorselError } from '../core/errors.ts';
import { detectGo } from './go.ts';
import { evaluateConstraint, parseGoHead } from './go-source.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'morsel-go-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function tree(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const detect = (path = '.', binary?: string, env: Record<string, string> = {}) =>
  detectGo(join(root, path), { binary, env: { HOME: join(root, 'home'), GOARCH: 'amd64', ...env } });

function failure(work: () => unknown): MorselError {
  try {
    work();
  } catch (error) {
    if (error instanceof MorselError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const MAIN = 'package main\n\nfunc main() {}\n';

describe('detectGo', () => {
  it('is null without a module', () => {
    tree({ 'main.go': MAIN });
    expect(detect()).toBeNull();
  });

  it('takes the program at the root, whatever else the module has', () => {
    tree({
      'go.mod': 'module example.com/org/tool/v3\n\ngo 1.22\n',
      'main.go': MAIN,
      'cmd/other/main.go': MAIN,
    });
    expect(detect()).toMatchObject({
      name: 'tool',
      binary: 'tool',
      package: '.',
      module: 'example.com/org/tool/v3',
      directory: root,
      usesCgo: false,
      goFlags: [],
    });
    expect(detect('cmd/other')).toMatchObject({ package: './cmd/other', binary: 'other', directory: root });
    expect(detect('.', 'other')?.package).toBe('./cmd/other');
  });

  it('lists several programs, and does not count tests, ignored files, nested modules and other systems', () => {
    tree({
      'go.mod': 'module example.com/x\n',
      'lib.go': 'package x\n',
      'cmd/one/main.go': MAIN,
      'examples/demo/main.go': MAIN,
      'nested/go.mod': 'module nested\n',
      'nested/main.go': MAIN,
      'testdata/main.go': MAIN,
      'gen/gen.go': `//go:build ignore\n\n${MAIN}`,
      'cmd/win/main_windows.go': MAIN,
      'cmd/t/main_test.go': MAIN,
    });
    expect(detect()).toMatchObject({ package: './cmd/one', name: 'one' });
    tree({ 'cmd/two/main.go': MAIN });
    const error = failure(() => detect());
    expect(error.code).toBe('AMBIGUOUS_PROJECT');
    expect(error.details?.['candidates']).toEqual(['one', 'two']);
    expect(error.hint).toContain('--bin two');
    expect(detect('.', 'two')?.package).toBe('./cmd/two');
    expect(detect('.', 'demo')?.package).toBe('./examples/demo');
    expect(failure(() => detect('.', 'three')).hint).toContain('one');
  });

  it.each([
    ['example.com/age', ['age', 'age-keygen'], 'age'],
    ['example.com/org/tool/v3', ['tool', 'toolctl'], 'tool'],
    ['example.com/go-tool', ['tool', 'other'], 'tool'],
    ['example.com/tool.go', ['other', 'tool'], 'tool'],
    ['example.com/tool2', ['tool', 'x'], 'tool'],
  ])('%s with %s means %s, and says which others there are', (module, programs, meant) => {
    tree({ 'go.mod': `module ${module}\n`, VERSION: 'v1.4.2\n' });
    for (const name of programs) tree({ [`cmd/${name}/main.go`]: MAIN });
    const project = detect();
    expect(project).toMatchObject({ package: `./cmd/${meant}`, name: meant, version: '1.4.2' });
    const other = programs.find((name) => name !== meant) ?? '';
    expect(project?.notes?.[0]?.message).toContain(`it also has ./cmd/${other}`);
    expect(project?.notes?.[0]?.hint).toBe(`choose another with --bin, as in: --bin ${other}`);
    expect(detect('.', other)?.package).toBe(`./cmd/${other}`);
    expect(detect('.', other)?.notes).toEqual([]);
  });

  it('asks where two programs bear the name', () => {
    tree({ 'go.mod': 'module example.com/tool\n', 'a/tool/main.go': MAIN, 'b/tool/main.go': MAIN });
    const error = failure(() => detect());
    expect(error.code).toBe('AMBIGUOUS_PROJECT');
    expect(error.hint).toBe('choose one: --bin ./a/tool, --bin ./b/tool');
    expect(detect('.', './b/tool')?.package).toBe('./b/tool');
  });

  it('reads which Go is wanted, of a workspace too', () => {
    tree({ 'go.mod': 'module example.com/x\n\ngo 1.24\ntoolchain go1.25.3\n', 'main.go': MAIN });
    expect(detect()?.wantedGo).toEqual({ minimum: '1.24', toolchain: '1.25.3' });
    tree({ 'go.work': 'go 1.26.1\n\nuse .\n' });
    expect(detect()?.wantedGo).toEqual({ minimum: '1.26.1', toolchain: '1.25.3' });
    expect(detect('.', undefined, { GOWORK: 'off' })?.wantedGo.minimum).toBe('1.24');
    tree({ 'go.mod': 'module example.com/x\n\ngo one\ntoolchain default\n' });
    expect(detect('.', undefined, { GOWORK: 'off' })?.wantedGo).toEqual({ minimum: null, toolchain: null });
  });

  it('says that a library is none', () => {
    tree({ 'go.mod': 'module example.com/x\n', 'lib.go': 'package x\n' });
    expect(failure(() => detect()).code).toBe('NO_PROJECT');
  });

  it('finds cgo in the program, in its own packages, and in modules of the cache', () => {
    const C = 'package c\n\n// int f(void);\nimport "C"\n';
    tree({
      'go.mod': 'module example.com/x\n',
      'main.go': 'package main\n\n/*\n#include <x.h>\n*/\nimport "C"\nfunc main() {}\n',
    });
    expect(detect()).toMatchObject({ usesCgo: true, cgoPackages: ['example.com/x'] });
    tree({
      'main.go': 'package main\nimport (\n\t_ "example.com/x/inner"\n)\nfunc main() {}\n',
      'inner/c.go': C,
    });
    expect(detect()?.cgoPackages).toEqual(['example.com/x/inner']);
    expect(detect('.', undefined, { CGO_ENABLED: '0' })?.usesCgo).toBe(false);
    tree({
      'go.mod': 'module example.com/x\nrequire (\n\tgithub.com/Big/Lib v1.2.3 // indirect\n)\n',
      'main.go': 'package main\nimport lib "github.com/Big/Lib/sub"\nfunc main() {}\n',
      'home/go/pkg/mod/github.com/!big/!lib@v1.2.3/sub/c.go': C,
    });
    expect(detect()?.cgoPackages).toEqual(['github.com/Big/Lib/sub']);
    tree({
      'go.mod':
        'module example.com/x\nrequire github.com/Big/Lib v1.2.3\nreplace github.com/Big/Lib => ./fork\n',
      'fork/sub/lib.go': 'package c\n',
      'fork/sub/lib_cgo.go': '//go:build !cgo\n\npackage c\nimport "C"\n',
    });
    expect(detect()?.usesCgo).toBe(false);
  });

  it('keeps GOFLAGS, with flags that hold spaces', () => {
    tree({ 'go.mod': 'module x\n', 'main.go': MAIN, 'home/.config/go/env': 'GOFLAGS=-buildmode=pie\n' });
    expect(detect()?.goFlags).toEqual(['-buildmode=pie']);
    expect(detect('.', undefined, { GOFLAGS: "-mod=mod '-ldflags=-X main.v=1'" })?.goFlags).toEqual([
      '-mod=mod',
      '-ldflags=-X main.v=1',
    ]);
  });
});

describe('parseGoHead', () => {
  it('reads imports among comments that look like code', () => {
    const text =
      '// see internal/*.go\n// import "no"\npackage  p // clause\nimport a "x/y"\nimport (\n\t. "d" /* import "z" */\n\t`e`\n)\nvar s = "import \\"w\\""\n';
    expect(parseGoHead(text, 'amd64')).toEqual({ packageName: 'p', imports: ['x/y', 'd', 'e'] });
    expect(parseGoHead('hello', 'amd64')).toBeNull();
    expect(parseGoHead('/* never closed\npackage p', 'amd64')).toBeNull();
  });
});

describe('evaluateConstraint', () => {
  it.each([
    ['linux && amd64', true],
    ['!linux', false],
    ['darwin || (unix && !windows)', true],
    ['ignore', false],
    ['cgo && go1.18', true],
    ['(linux', true],
    ['&&', false],
  ])('%s is %s', (expression, expected) => {
    expect(evaluateConstraint(expression, 'amd64')).toBe(expected);
  });
});
