import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Rung } from '../../core/choices.ts';
import { blameOf } from './blame.ts';
import { CompileFailure, compileFailure } from './compile-failure.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'morsel-blame-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function blame(program: string, stderr: string, rung: Rung, isConfiguration = false): string {
  const command = { program, args: [], purpose: 'compile it' };
  const result = {
    exitCode: 1,
    signal: null,
    stdout: '',
    stderr,
    timedOut: false,
    droppedBytes: 0,
    elapsedMs: 1,
  };
  const failure = compileFailure({ command, line: program, result, workDirectory: directory });
  if (!(failure instanceof CompileFailure)) throw failure;
  return blameOf(failure, { rung, isConfiguration, directory });
}

const rust = (text: string): string =>
  `error[E0308]: mismatched types\n --> src/main.rs:2:18\n  |\n2 | ${text}\n`;

describe('blameOf', () => {
  it.each<[string, string, Rung, string]>([
    // The crate libc, and C's types, are others for musl.
    ['cargo', rust('let x: i32 = "a"; // expected `i32`, found `&str`'), 'static-glibc', 'own'],
    ['cargo', rust('let x: String = "a";'), 'static-musl', 'own'],
    ['cargo', rust('libc::ioctl(0, REQUEST)'), 'static-musl', 'rung'],
    ['cargo', rust('expected `u64`, found `i32`'), 'static-musl', 'rung'],
    ['cargo', rust('libc::ioctl(0, REQUEST)'), 'static-glibc', 'own'],
    // Toolchains are chosen for each target.
    ['cargo', "error[E0463]: can't find crate for `std`\n --> src/main.rs:1:1", 'static-glibc', 'rung'],
    ['cargo', 'error[E0554]: `#![feature]` may not be used\n --> src/main.rs:1:1', 'static-glibc', 'rung'],
    ['cargo', 'error: no matching package named `x` found', 'static-musl', 'own'],
    [
      'cargo',
      'error: failed to get `x` as a dependency\nCaused by:\n  Could not resolve host',
      'static-musl',
      'own',
    ],
    ['cargo', 'error: package `x v1` cannot be built because it requires rustc 1.99', 'static-musl', 'rung'],
    [
      'cargo',
      'error: failed to run custom build command for `x`\n  Unable to find libclang',
      'static-musl',
      'own',
    ],
    [
      'cargo',
      "error: failed to run custom build command for `x`\n  No package 'y' found",
      'static-musl',
      'rung',
    ],
    [
      'cargo',
      "error: failed to run custom build command for `x`\n  No package 'y' found",
      'static-glibc',
      'own',
    ],
    ['cargo', 'error: linking with `cc` failed: exit status: 1', 'static-glibc', 'rung'],
    ['go', './main.go:5:9: cannot use "a" as int value', 'static-go', 'own'],
    ['go', 'main.go:2:8: no required module provides package x.com/y', 'static-go', 'own'],
    ['go', 'package x: build constraints exclude all Go files in /x', 'static-go', 'rung'],
    ['go', './main.go:5:9: cannot use C.x (variable of type _Ctype_ulong) as C.uint', 'static-musl', 'rung'],
    ['go', 'main.go:5:9: fatal error: zlib.h: No such file or directory', 'static-musl', 'ask'],
    ['make', 'main.c:3:5: error: no', 'static-musl', 'ask'],
    ['make', 'main.c:3:5: error: no', 'static-glibc', 'own'],
    ['make', "main.c:(.text+0x5): undefined reference to `error_at_line'", 'static-musl', 'rung'],
    ['make', '/usr/bin/ld: cannot find -lz: No such file', 'static-glibc', 'rung'],
    ['make', 'something odd', 'closure', 'rung'],
  ])('%s: %s on %s', (program, output, rung, expected) => {
    expect(blame(program, output, rung)).toBe(expected);
  });

  it.each<[string, string]>([
    ['./configure', 'configure: error: libx is required'],
    ['cmake', 'CMake Error at CMakeLists.txt:4 (find_package):\n  Could NOT find X'],
    ['meson', 'meson.build:3:0: ERROR: Dependency "x" not found'],
    ['cmake', 'check.c:1:2: error: no'],
  ])('asks the ordinary configuration about %s: %s', (program, output) => {
    expect(blame(program, output, 'static-musl', true)).toBe('ask');
    expect(blame(program, output, 'static-glibc', true)).toBe('ask');
    expect(blame(program, output, 'closure', true)).toBe('own');
  });

  it.each([
    ['package main\n', 'own'],
    ['//go:build cgo\n\npackage main\n', 'rung'],
    ['//go:build linux && !cgo\n\npackage main\n', 'rung'],
    ['package main\n\n// int x;\nimport "C"\n', 'rung'],
  ])('takes what is undefined without cgo for its lack only beside files of cgo: %j', (text, expected) => {
    writeFileSync(join(directory, 'other.go'), text);
    expect(blame('go', './main.go:5:9: undefined: x', 'static-go')).toBe(expected);
  });
});
