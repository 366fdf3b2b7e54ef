import { cpSync, existsSync, mkdirSync, realpathSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findClosure, lddLines } from '../../src/loader/index.ts';
import { directoryTree } from '../../src/rootfs/directory-tree.ts';
import { hasTool, requireInCi } from '../reference-tools.ts';
import { LoaderLab } from './loader-lab.ts';

const CROSS_LIB = '/usr/aarch64-linux-gnu/lib';
const INTERPRETER = '/lib/ld-linux-aarch64.so.1';
const isHere =
  hasTool('aarch64-linux-gnu-gcc') &&
  hasTool('qemu-aarch64-static') &&
  requireInCi(CROSS_LIB, existsSync(CROSS_LIB));

// Another machine's program over a root of its own: the real ld.so runs in qemu, ours reads.
describe.skipIf(!isHere)('arm64, as its own ld.so in qemu', () => {
  let lab = new LoaderLab('aarch64-linux-gnu-gcc');
  beforeAll(() => {
    lab.remove();
    lab = new LoaderLab('aarch64-linux-gnu-gcc');
    mkdirSync(lab.path('root/lib'), { recursive: true });
    for (const name of ['ld-linux-aarch64.so.1', 'libc.so.6', 'libm.so.6']) {
      cpSync(realpathSync(`${CROSS_LIB}/${name}`), lab.path(`root/lib/${name}`));
    }
  });
  afterAll(() => lab.remove());

  it('finds what it finds, and misses what it misses', () => {
    lab.library('root/opt/libb.so');
    lab.library('root/opt/liba.so', { needs: [lab.path('root/opt/libb.so')] });
    const needs = [lab.path('root/opt/liba.so'), `${CROSS_LIB}/libm.so.6`, `${CROSS_LIB}/libc.so.6`];
    lab.program('root/program', { needs, runpath: '/opt', interpreter: INTERPRETER });
    const root = lab.path('root');
    const closure = findClosure({ tree: directoryTree(root), path: '/program' });
    expect(closure.link.machine).toBe('aarch64');
    // A foreign processor is its baseline: nothing of this machine's leaks in.
    expect(closure.defaultDirectories[0]).toBe('/lib/aarch64-linux-gnu/');

    const argv = ['-L', root, '-E', 'LD_TRACE_LOADED_OBJECTS=1', `${root}/program`];
    const { stdout } = spawnSync('qemu-aarch64-static', argv, { env: {}, encoding: 'utf8' });
    const theirs = [...stdout.matchAll(/^\t(\S+)(?: => (not found|\S+))?(?: \(0x[0-9a-f]+\))?$/gm)]
      .filter(([, name = '']) => !name.startsWith('linux-vdso'))
      .map(([, name = '', path]) => ({ name, path: path === 'not found' ? null : (path ?? name) }));
    expect(lddLines(closure)).toEqual(theirs);
    expect(closure.libraries.map(({ name, foundBy }) => [name, foundBy])).toEqual([
      ['liba.so', 'runpath'],
      ['libm.so.6', 'default'],
      ['libc.so.6', 'default'],
      [INTERPRETER, 'interpreter'],
    ]);
    expect(closure.missing).toEqual([{ name: 'libb.so', neededBy: '/opt/liba.so' }]);
  });
});
