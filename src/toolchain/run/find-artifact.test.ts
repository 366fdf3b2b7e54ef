import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MorselError } from '../../core/errors.ts';
import { findArtifact } from './find-artifact.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'morsel-found-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** A real program: the smallest that every machine with this test has. */
function program(name: string, from = '/bin/true'): void {
  mkdirSync(join(root, name, '..'), { recursive: true });
  copyFileSync(from, join(root, name));
  chmodSync(join(root, name), 0o755);
}

const searchAll = (
  name: string | null,
  others: readonly string[],
  preferred: readonly string[] = [],
): string[] =>
  findArtifact({ kind: 'search', directory: root, name, others, preferred }).paths.map((path) =>
    path.slice(root.length + 1),
  );

const search = (name: string | null = null, ...preferred: readonly string[]): string =>
  searchAll(name, [], preferred).join(' ');

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof MorselError) return error.code;
  }
  return 'none';
}

function hintOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof MorselError) return error.hint;
  }
  return 'none';
}

describe('findArtifact', () => {
  it('takes the only program, and no script, library or data', () => {
    program('src/app');
    program('src/libx.so.1');
    writeFileSync(join(root, 'run.sh'), '#!/bin/sh\n', { mode: 0o755 });
    writeFileSync(join(root, 'broken'), '\x7fELF', { mode: 0o755 });
    expect(search()).toBe('src/app');
  });

  it('passes over tests, examples and what build systems make for themselves', () => {
    for (const name of [
      'app',
      'tests/unit',
      'app-test',
      'examples/demo',
      'CMakeFiles/3.25/CompilerIdC/a.out',
      'meson-private/sanitycheckc.exe',
    ])
      program(name);
    expect(search()).toBe('app');
  });

  it('takes a test where nothing else was made', () => {
    program('tests/unit');
    expect(search()).toBe('tests/unit');
  });

  it("takes libtool's real program once", () => {
    program('src/app');
    program('src/.libs/lt-app');
    program('src/.libs/app');
    expect(search()).toBe('src/app');
  });

  it('prefers the one called as the project, and tells of the others', () => {
    for (const name of ['less', 'lesskey', 'lessecho']) program(name);
    const found = findArtifact({
      kind: 'search',
      directory: root,
      name: null,
      others: [],
      preferred: ['less'],
    });
    expect(found).toEqual({ paths: [join(root, 'less')], left: ['lessecho', 'lesskey'] });
  });

  it('takes several, the first one first, and tells of those that are left', () => {
    for (const name of ['bird', 'birdc', 'birdcl', 'tests/unit']) program(name);
    const found = findArtifact({
      kind: 'search',
      directory: root,
      name: 'birdcl',
      others: ['bird', './bird'],
      preferred: ['bird'],
    });
    expect(found).toEqual({
      paths: [join(root, 'birdcl'), join(root, 'bird')],
      left: ['birdc', 'tests/unit'],
    });
  });

  it('says which of several was not made, and which two would stand in one place', () => {
    program('a/tool');
    program('b/tool', '/bin/cat');
    program('c/other');
    expect(searchAll('other', ['a/tool'])).toEqual(['c/other', 'a/tool']);
    expect(() => searchAll('other', ['third'])).toThrowError(/no program called third/);
    expect(() => searchAll('a/tool', ['b/tool'])).toThrowError(/two programs .* called tool/);
  });

  it('lists several when none is called as the project', () => {
    program('one');
    program('two');
    expect(codeOf(() => search(null, 'three'))).toBe('AMBIGUOUS_PROJECT');
    expect(search('two')).toBe('two');
    expect(codeOf(() => search('three'))).toBe('COMPILE_FAILED');
  });

  it('asks for a path when a name is there twice', () => {
    program('a/tool');
    program('b/tool', '/bin/cat');
    expect(codeOf(() => search('tool'))).toBe('AMBIGUOUS_PROJECT');
    expect(codeOf(() => search(null, 'tool'))).toBe('AMBIGUOUS_PROJECT');
    expect(search('b/tool')).toBe('b/tool');
  });

  it('takes a second copy for the same program, and still by its path', () => {
    program('programs/zstd');
    program('zstd');
    program('programs/obj/zstd');
    expect(search()).toBe('zstd');
    expect(search('zstd')).toBe('zstd');
    expect(search('programs/zstd')).toBe('programs/zstd');
  });

  it('names what was not built by a name that works', () => {
    program('a/tool');
    program('b/tool', '/bin/cat');
    program('b/other', '/bin/cat');
    for (const named of ['other', 'a/tool', 'b/tool']) {
      expect(search(named)).toContain(named);
    }
    expect(hintOf(() => search('tool'))).toBe('choose one: --bin a/tool');
    expect(hintOf(() => search())).toMatch(/^choose one: --bin a\/tool$/);
  });

  it('takes the best of several names that a project has', () => {
    for (const name of ['bird', 'birdc', 'libbird']) program(name);
    expect(search(null, 'bird2', 'bird')).toBe('bird');
    expect(search(null, 'libbird', 'bird')).toBe('libbird');
  });

  it('says that nothing was made', () => {
    expect(codeOf(() => search())).toBe('COMPILE_FAILED');
    const missing = join(root, 'x');
    expect(codeOf(() => findArtifact({ kind: 'file', path: missing, others: [] }))).toBe('COMPILE_FAILED');
    program('y');
    const beside = { kind: 'file', path: join(root, 'y'), others: [missing] } as const;
    expect(() => findArtifact(beside)).toThrowError(missing);
  });
});
