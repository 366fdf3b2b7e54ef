import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { buildElf } from '../../test/property/elf-builder.ts';
import { directoryTree } from '../rootfs/index.ts';
import { closureEntries, driverLibraries, findClosure, isDriverLibrary } from './index.ts';

const made = mkdtempSync(join(tmpdir(), 'morsel-drivers-'));
afterAll(() => rmSync(made, { recursive: true, force: true }));

describe('a library of a driver', () => {
  it.each([
    'libcuda.so.1',
    'libnvidia-ml.so.1',
    'libnvidia-ptxjitcompiler.so.1',
    'libnvcuvid.so.1',
    'libGLX_nvidia.so.0',
    'libEGL_nvidia.so.0',
    'libvdpau_nvidia.so.1',
    'libdxcore.so',
    'libmali.so.1',
    'libMali-g610.so.1',
    '/usr/lib/libcuda.so.1',
  ])('%s', (name) => {
    expect(isDriverLibrary(name)).toBe(true);
  });

  it.each([
    'libcudart.so.12',
    'libcudnn.so.9',
    'libnvidia-container.so.1',
    'libGL.so.1',
    'libGLX_mesa.so.0',
    'libze_loader.so.1',
    'libhsa-runtime64.so.1',
    'libmalicious.so',
    'libcudacore.so.1',
  ])('is not %s', (name) => {
    expect(isDriverLibrary(name)).toBe(false);
  });

  it("is a vendor's libGL by its folder", () => {
    expect(isDriverLibrary('libGL.so.1', '/usr/lib/x86_64-linux-gnu/nvidia/current/libGL.so.1')).toBe(true);
    expect(isDriverLibrary('libGL.so.1', '/usr/lib/nvidia-390/libGL.so.1')).toBe(true);
    expect(isDriverLibrary('libGL.so.1', '/usr/lib/x86_64-linux-gnu/libGL.so.1')).toBe(false);
  });
});

describe.each([
  ['glibc', '/lib64/ld-linux-x86-64.so.2'],
  ['musl', '/lib/ld-musl-x86_64.so.1'],
])('a closure by %s', (_loader, interpreter) => {
  function rootWith(...libraries: readonly string[]): string {
    const root = mkdtempSync(join(made, 'root-'));
    const put = (path: string, bytes: Buffer): void => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), bytes);
    };
    put('/app', buildElf({ interpreter, needed: ['libcuda.so.1', 'libown.so.1'] }));
    put(interpreter, buildElf({ soname: interpreter.slice(interpreter.lastIndexOf('/') + 1) }));
    put('/lib/libown.so.1', buildElf({ soname: 'libown.so.1' }));
    for (const name of libraries) put(`/lib/${name}`, buildElf({ soname: name, needed: ['libnvdeep.so.1'] }));
    return root;
  }
  const closureOf = (root: string) =>
    findClosure({ tree: directoryTree(root), path: '/app', leaveOut: isDriverLibrary });

  it.each([
    ['has it', ['libcuda.so.1'], '/lib/libcuda.so.1'],
    ['lacks it', [], null],
  ])('is complete without it where the machine %s', (_what, libraries, path) => {
    const root = rootWith(...libraries);
    const closure = closureOf(root);
    expect(closure.missing).toEqual([]);
    expect(closure.leftOut).toEqual([{ name: 'libcuda.so.1', neededBy: '/app', path }]);
    expect(driverLibraries(closure)).toEqual(closure.leftOut);
    expect(driverLibraries(findClosure({ tree: directoryTree(root), path: '/app' }))).toEqual(
      closure.leftOut,
    );
    expect(closureEntries(closure).map((entry) => entry.path)).toEqual(
      [interpreter, '/lib/libown.so.1'].sort(),
    );
  });
});
