import { describe, expect, it } from 'vitest';
import { findLoaderError, lackedDriver, SEARCHED_BYTES } from './loader-error.ts';

describe('findLoaderError', () => {
  // As the real loaders printed them: knowledge from runs, the texts of docker run.
  it.each([
    '/hello: error while loading shared libraries: libc.so.6: cannot open shared object file: No such file or directory',
    "/hello: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found (required by /hello)",
    '/hello: symbol lookup error: /hello: undefined symbol: bar',
    'Error loading shared library libz.so.1: No such file or directory (needed by /hello)',
    'Error relocating /hello: deflate: symbol not found',
    'This program can only be run on AMD64 processors with v3 microarchitecture support.',
  ])('recognises %s', (line) => {
    expect(findLoaderError({ exitCode: 127, stderr: Buffer.from(`${line}\n`) })).toBe(line);
  });

  it('takes nothing else for one', () => {
    expect(findLoaderError({ exitCode: 1, stderr: Buffer.from('usage: hello FILE\n') })).toBeNull();
  });

  it('does not blame the loader for a program that ended well', () => {
    const stderr = Buffer.from('x: error while loading shared libraries: y\n');
    expect(findLoaderError({ exitCode: 0, stderr })).toBeNull();
  });

  it.each(['x', ": version `x' not found (required by ", 'symbol lookup error: ', 'Error relocating ', '\n'])(
    'is not held by a mebibyte of %j',
    (part) => {
      const stderr = Buffer.from(part.repeat(1024 * 1024));
      expect(findLoaderError({ exitCode: 1, stderr })?.length ?? 0).toBeLessThanOrEqual(SEARCHED_BYTES);
    },
  );
});

it.each([
  [
    '/app: error while loading shared libraries: libcuda.so.1: cannot open shared object file: No such file or directory',
    'libcuda.so.1',
  ],
  [
    'Error loading shared library libnvidia-ml.so.1: No such file or directory (needed by /app)',
    'libnvidia-ml.so.1',
  ],
  [
    '/app: error while loading shared libraries: libfoo.so.1: cannot open shared object file: No such file or directory',
    null,
  ],
])('tells whether it is a driver’s library that is missing: %s', (line, expected) => {
  expect(lackedDriver({ exitCode: 127, stderr: Buffer.from(`${line}\n`) })).toBe(expected);
  expect(lackedDriver({ exitCode: 0, stderr: Buffer.from(`${line}\n`) })).toBeNull();
});
