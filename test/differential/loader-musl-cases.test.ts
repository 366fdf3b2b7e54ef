import { copyFileSync, existsSync, mkdirSync, realpathSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Closure, findClosure, lddLines } from '../../src/loader/index.ts';
import { directoryTree } from '../../src/rootfs/directory-tree.ts';
import { hasTool, requireInCi } from '../reference-tools.ts';
import { LoaderLab } from './loader-lab.ts';
import { askMusl, MUSL_LOADER } from './loader-oracle.ts';

const isHere = hasTool('gcc') && process.arch === 'x64' && requireInCi(MUSL_LOADER, existsSync(MUSL_LOADER));

// musl's search order, each case set before the real ld-musl (musl ldso/dynlink.c).
describe.skipIf(!isHere)('musl search cases, as the real ld-musl', () => {
  let lab = new LoaderLab();
  beforeAll(() => {
    lab.remove();
    lab = new LoaderLab();
    for (const name of ['liba.so', 'libb.so', 'libc.so.6', 'libm.so.6', 'libpthread.so.0'])
      lab.library(`link/${name}`);
  });
  afterAll(() => lab.remove());

  interface Environment {
    readonly LD_LIBRARY_PATH?: string;
    readonly LD_PRELOAD?: string;
  }

  function program(
    name: string,
    options: Parameters<LoaderLab['program']>[1],
    interpreter = MUSL_LOADER,
  ): string {
    return lab.program(name, { interpreter, ...options });
  }

  function closure(path: string, env: Environment = {}): Closure {
    return findClosure({
      tree: directoryTree('/'),
      path,
      libraryPath: env.LD_LIBRARY_PATH,
      preload: env.LD_PRELOAD === undefined ? undefined : [env.LD_PRELOAD],
      cwd: lab.dir,
    });
  }

  function both(
    path: string,
    env: Environment = {},
    loader = MUSL_LOADER,
  ): Readonly<Record<string, string | null>> {
    const ours = closure(path, env);
    const theirs = askMusl(path, { env: { ...env }, cwd: lab.dir, loader });
    expect(ours.loader).toBe('musl');
    expect(lddLines(ours)).toEqual(theirs.lines);
    for (const { name, neededBy } of ours.missing) {
      const complaint = `Error loading shared library ${name}: No such file or directory (needed by ${neededBy})`;
      expect(theirs.complaints).toContain(complaint);
    }
    for (const { name, neededBy, message } of ours.failures) {
      expect(theirs.complaints).toContain(
        `Error loading shared library ${name}: ${message} (needed by ${neededBy})`,
      );
    }
    expect(theirs.complaints.split('Error loading shared library').length - 1).toBe(
      ours.missing.length + ours.failures.length,
    );
    return Object.fromEntries(lddLines(ours).map(({ name, path: found }) => [name, found]));
  }

  it('inherits RUNPATH as it does RPATH', () => {
    lab.library('r1/libb.so');
    lab.library('r1/liba.so', { needs: [lab.path('link/libb.so')] });
    for (const tag of ['rpath', 'runpath'] as const) {
      const path = program(`p1-${tag}`, { needs: [lab.path('link/liba.so')], [tag]: '$ORIGIN/r1' });
      expect(both(path)['libb.so']).toBe(lab.path('r1/libb.so'));
      expect(closure(path).libraries.map(({ foundBy }) => foundBy)).toEqual([tag, tag]);
    }
  });

  it('tries LD_LIBRARY_PATH before everything', () => {
    for (const dir of ['own', 'env']) lab.library(`r2/${dir}/liba.so`);
    const path = program('p2', { needs: [lab.path('link/liba.so')], rpath: '$ORIGIN/r2/own' });
    expect(both(path, { LD_LIBRARY_PATH: `::${lab.path('r2/env')}/` })['liba.so']).toBe(
      `${lab.path('r2/env')}//liba.so`,
    );
    expect(both(path)['liba.so']).toBe(lab.path('r2/own/liba.so'));
  });

  it('accepts another machine, and gives up at what is no library', () => {
    lab.library('r3/good/liba.so');
    lab.patched('r3/arm64/liba.so', 'r3/good/liba.so', { 18: 183 });
    lab.file('r3/text/liba.so', 'INPUT(libother.so)\n'.repeat(9));
    lab.file('r3/empty/liba.so', '');
    mkdirSync(lab.path('r3/directory/liba.so'), { recursive: true });
    const needs = [lab.path('link/liba.so')];
    for (const kind of ['arm64', 'text', 'empty', 'directory']) {
      both(program(`p3-${kind}`, { needs, runpath: `$ORIGIN/r3/${kind}:$ORIGIN/r3/good` }));
    }
    expect(closure(lab.path('p3-arm64')).libraries[0]?.path).toBe(lab.path('r3/arm64/liba.so'));
    expect(closure(lab.path('p3-text')).failures[0]?.message).toBe('Exec format error');
  });

  it('takes the names of glibc for itself, whatever the tree has', () => {
    const names = ['libc.so.6', 'libm.so.6', 'libpthread.so.0'];
    for (const name of names) lab.library(`r4/${name}`);
    const path = program('p4', { needs: names.map((name) => lab.path(`link/${name}`)), rpath: '$ORIGIN/r4' });
    expect(both(path)).toEqual({
      [MUSL_LOADER]: MUSL_LOADER,
      ...Object.fromEntries(names.map((name) => [name, MUSL_LOADER])),
    });
    expect(closure(path).libraries).toHaveLength(1);
  });

  it('takes a library that looks like a libc for itself', () => {
    const source = 'int stdin; int __libc_start_main(void) { return 0; }\n';
    lab.library('r5/libother.so', { source });
    const path = program('p5', { needs: [lab.path('r5/libother.so')], rpath: '$ORIGIN/r5' });
    expect(closure(path).libraries.map((library) => library.path)).toEqual([MUSL_LOADER]);
    expect(askMusl(path).complaints).toBe('');
  });

  it('knows only $ORIGIN, and ignores a path with any other token', () => {
    lab.library('r6/liba.so');
    const needs = [lab.path('link/liba.so')];
    expect(both(program('p6a', { needs, rpath: '${ORIGIN}/r6' }))['liba.so']).toBe(lab.path('r6/liba.so'));
    expect(both(program('p6b', { needs, rpath: '$ORIGIN/r6:/$LIB' }))['liba.so']).toBeUndefined();
    expect(closure(lab.path('p6b')).missing).toHaveLength(1);
  });

  it('opens names with a slash as they are, without tokens', () => {
    lab.library('r7/liba.so', { soname: '$ORIGIN/r7/liba.so' });
    both(program('p7a', { needs: [lab.path('r7/liba.so')] }));
    expect(closure(lab.path('p7a')).missing).toHaveLength(1);
    lab.library('r7/libb.so', { soname: null });
    expect(both(program('p7b', { needs: ['r7/libb.so'] }))['r7/libb.so']).toBe('r7/libb.so');
  });

  it('reads the path file beside its own prefix', () => {
    const loader = lab.path('own/lib/ld-musl-x86_64.so.1');
    mkdirSync(lab.path('own/lib'), { recursive: true });
    copyFileSync(realpathSync(MUSL_LOADER), loader);
    lab.library('own/deep/liba.so');
    const path = program('p8', { needs: [lab.path('link/liba.so')] }, loader);
    expect(both(path, {}, loader)['liba.so']).toBeUndefined();
    lab.file('own/etc/ld-musl-x86_64.path', `/nonexistent\n${lab.path('own/deep')}:/x\n`);
    expect(both(path, {}, loader)['liba.so']).toBe(lab.path('own/deep/liba.so'));
    expect(closure(path).libraries[0]?.foundBy).toBe('default');
  });

  it('loads preloads first, and goes on without one that is missing', () => {
    lab.library('r9/libpre.so', { needs: [lab.path('link/libb.so')] });
    lab.library('r9/liba.so');
    const path = program('p9', { needs: [lab.path('link/liba.so')], runpath: '$ORIGIN/r9' });
    const found = both(path, { LD_PRELOAD: `libnothere.so ${lab.path('r9/libpre.so')}` });
    expect(Object.keys(found)).toEqual([MUSL_LOADER, lab.path('r9/libpre.so'), 'liba.so']);
  });
});
