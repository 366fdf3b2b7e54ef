import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Closure, findClosure, hostCpu, lddLines } from '../../src/loader/index.ts';
import { directoryTree } from '../../src/rootfs/directory-tree.ts';
import { hasTool } from '../reference-tools.ts';
import { LoaderLab } from './loader-lab.ts';
import { askGlibc } from './loader-oracle.ts';

// The hand-made cases of the search order, each set before the real ld.so (glibc elf/dl-load.c).
describe.skipIf(!hasTool('gcc') || process.arch !== 'x64')('glibc search cases, as the real ld.so', () => {
  let lab = new LoaderLab();
  beforeAll(() => {
    lab.remove();
    lab = new LoaderLab();
    // Linked against here, loaded from elsewhere or not at all.
    lab.library('link/libb.so');
    lab.library('link/liba.so');
  });
  afterAll(() => lab.remove());

  interface Environment {
    readonly LD_LIBRARY_PATH?: string;
    readonly LD_PRELOAD?: string;
  }

  function closure(path: string, env: Environment = {}): Closure {
    return findClosure({
      tree: directoryTree('/'),
      path,
      libraryPath: env.LD_LIBRARY_PATH,
      preload: env.LD_PRELOAD === undefined ? undefined : [env.LD_PRELOAD],
      cpu: hostCpu(),
      cwd: lab.dir,
    });
  }

  /** Asserts equality with ld.so, and gives what was found by name for the test's own claim. */
  function both(path: string, env: Environment = {}): Readonly<Record<string, string | null>> {
    const ours = closure(path, env);
    const theirs = askGlibc(path, {
      env: { ...env },
      cwd: lab.dir,
      hasInterpreter: ours.link.interpreter !== null,
    });
    expect(lddLines(ours)).toEqual(theirs.lines);
    return Object.fromEntries(lddLines(ours).map(({ name, path: found }) => [name, found]));
  }

  /** Both give up: ld.so with an exit code and our message in its words. */
  function bothFail(path: string, message: string, env: Environment = {}): void {
    const theirs = askGlibc(path, { env: { ...env }, cwd: lab.dir });
    expect(theirs.failed).toBe(true);
    expect(theirs.complaints).toContain(message);
    expect(closure(path, env).failures.map((failure) => failure.message)).toEqual([message]);
  }

  it('does not inherit RUNPATH', () => {
    lab.library('r1/libb.so');
    lab.library('r1/liba.so', { needs: [lab.path('link/libb.so')] });
    const program = lab.program('p1', { needs: [lab.path('link/liba.so')], runpath: '$ORIGIN/r1' });
    expect(both(program)).toEqual({ 'liba.so': lab.path('r1/liba.so'), 'libb.so': null });
    const tagged = closure(program).edges.find(({ name }) => name === 'liba.so');
    expect(tagged).toMatchObject({ foundBy: 'runpath', rule: `RUNPATH of ${program}` });
  });

  it('inherits RPATH, through objects that have none', () => {
    lab.library('r2/libb.so');
    lab.library('r2/liba.so', { needs: [lab.path('link/libb.so')] });
    const program = lab.program('p2', { needs: [lab.path('link/liba.so')], rpath: '$ORIGIN/r2' });
    expect(both(program)['libb.so']).toBe(lab.path('r2/libb.so'));
    expect(closure(program).libraries.map(({ foundBy }) => foundBy)).toEqual(['rpath', 'rpath']);
  });

  it('drops every RPATH for an object that has a RUNPATH', () => {
    lab.library('r3/libb.so');
    lab.library('r3/liba.so', { needs: [lab.path('link/libb.so')], runpath: '/nonexistent' });
    expect(
      both(lab.program('p3', { needs: [lab.path('link/liba.so')], rpath: '$ORIGIN/r3' }))['libb.so'],
    ).toBeNull();
  });

  it('tries LD_LIBRARY_PATH after RPATH and before RUNPATH', () => {
    for (const dir of ['own', 'env']) lab.library(`r4/${dir}/liba.so`);
    const needs = [lab.path('link/liba.so')];
    const env = { LD_LIBRARY_PATH: lab.path('r4/env') };
    const rpath = lab.program('p4a', { needs, rpath: '$ORIGIN/r4/own' });
    const runpath = lab.program('p4b', { needs, runpath: '$ORIGIN/r4/own' });
    expect(both(rpath, env)['liba.so']).toBe(lab.path('r4/own/liba.so'));
    expect(both(runpath, env)['liba.so']).toBe(lab.path('r4/env/liba.so'));
  });

  it("takes the program's $ORIGIN with links resolved, a library's as it was opened", () => {
    lab.library('r5/real/libb.so');
    lab.library('r5/real/liba.so', { needs: [lab.path('link/libb.so')], runpath: '$ORIGIN/../beside' });
    lab.library('r5/beside/libb.so');
    mkdirSync(lab.path('r5/linked'), { recursive: true });
    symlinkSync('../real/liba.so', lab.path('r5/linked/liba.so'));
    lab.program('r5/bin/p', { needs: [lab.path('link/liba.so')], runpath: '$ORIGIN/../linked' });
    symlinkSync('r5/bin/p', lab.path('p5'));
    const found = both(lab.path('p5'));
    expect(found['liba.so']).toBe(`${lab.dir}/r5/bin/../linked/liba.so`);
    expect(found['libb.so']).toBe(`${lab.dir}/r5/bin/../linked/../beside/libb.so`);
  });

  it('expands $LIB and $PLATFORM, and keeps unknown tokens', () => {
    const platform = hostCpu().platform ?? '';
    const needs = [lab.path('link/liba.so')];
    for (const [i, dir] of ['lib/x86_64-linux-gnu', platform, '$WHAT', 'a$ORIGINAL'].entries()) {
      lab.library(`r6/${i}/${dir}/liba.so`);
      const token = dir === platform ? '${PLATFORM}' : dir.startsWith('lib/') ? '$LIB' : dir;
      const program = lab.program(`p6-${i}`, { needs, runpath: `$ORIGIN/r6/${i}/${token}` });
      expect(both(program)['liba.so']).toBe(lab.path(`r6/${i}/${dir}/liba.so`));
    }
  });

  it('takes an empty element as the current directory', () => {
    lab.library('liba.so');
    const needs = [lab.path('link/liba.so')];
    expect(both(lab.program('p7a', { needs }), { LD_LIBRARY_PATH: '/nonexistent:' })).toEqual({
      'liba.so': 'liba.so',
    });
    expect(both(lab.program('p7b', { needs, runpath: '/nonexistent::/x' }))).toEqual({
      'liba.so': 'liba.so',
    });
    expect(both(lab.program('p7c', { needs }), { LD_LIBRARY_PATH: 'r2;r4/own//' })['liba.so']).toBe(
      'r2/liba.so',
    );
    rmSync(lab.path('liba.so'));
  });

  it('passes over files of another machine and class', () => {
    lab.library('r8/good/liba.so');
    lab.patched('r8/arm64/liba.so', 'r8/good/liba.so', { 18: 183 });
    lab.patched('r8/elf32/liba.so', 'r8/good/liba.so', { 4: 1 });
    const runpath = '$ORIGIN/r8/arm64:$ORIGIN/r8/elf32:$ORIGIN/r8/good';
    const program = lab.program('p8', { needs: [lab.path('link/liba.so')], runpath });
    expect(both(program)['liba.so']).toBe(lab.path('r8/good/liba.so'));
  });

  it('gives up at a file that is no library', () => {
    lab.library('r9/good/liba.so');
    const cases: Readonly<Record<string, [string, () => void]>> = {
      text: ['invalid ELF header', () => lab.file('r9/text/liba.so', 'INPUT(libother.so)\n'.repeat(9))],
      empty: ['file too short', () => lab.file('r9/empty/liba.so', '')],
      short: ['file too short', () => lab.file('r9/short/liba.so', 'x'.repeat(63))],
      directory: [
        'cannot read file data: Error 21',
        () => mkdirSync(lab.path('r9/directory/liba.so'), { recursive: true }),
      ],
      endian: [
        'ELF file data encoding not little-endian',
        () => lab.patched('r9/endian/liba.so', 'r9/good/liba.so', { 5: 2 }),
      ],
      osabi: ['ELF file OS ABI invalid', () => lab.patched('r9/osabi/liba.so', 'r9/good/liba.so', { 7: 9 })],
      abiversion: [
        'ELF file ABI version invalid',
        () => lab.patched('r9/abiversion/liba.so', 'r9/good/liba.so', { 7: 3, 8: 4 }),
      ],
      padding: [
        'nonzero padding in e_ident',
        () => lab.patched('r9/padding/liba.so', 'r9/good/liba.so', { 9: 1 }),
      ],
      version: [
        'ELF file version does not match current one',
        () => lab.patched('r9/version/liba.so', 'r9/good/liba.so', { 20: 2 }),
      ],
      object: [
        'only ET_DYN and ET_EXEC can be loaded',
        () => lab.patched('r9/object/liba.so', 'r9/good/liba.so', { 16: 1 }),
      ],
      phentsize: [
        "ELF file's phentsize not the expected size",
        () => lab.patched('r9/phentsize/liba.so', 'r9/good/liba.so', { 54: 1 }),
      ],
      exec: [
        'cannot dynamically load executable',
        () => lab.program('r9/exec/liba.so', { flags: ['-no-pie', '-fno-pie'] }),
      ],
      pie: ['cannot dynamically load position-independent executable', () => lab.program('r9/pie/liba.so')],
    };
    for (const [kind, [message, make]] of Object.entries(cases)) {
      make();
      const runpath = `$ORIGIN/r9/${kind}:$ORIGIN/r9/good`;
      bothFail(lab.program(`p9-${kind}`, { needs: [lab.path('link/liba.so')], runpath }), message);
    }
  });

  it('leaves the system out for DF_1_NODEFLIB', () => {
    const libm = '/lib/x86_64-linux-gnu/libm.so.6';
    expect(both(lab.program('p10a', { needs: [libm] }))['libm.so.6']).toBe(libm);
    const nodeflib = lab.program('p10b', { needs: [libm], flags: ['-Wl,-z,nodefaultlib'] });
    expect(both(nodeflib)).toEqual({ 'libm.so.6': null });
  });

  it('opens names with a slash as they are, with tokens', () => {
    lab.library('r11/liba.so', { soname: '$ORIGIN/r11/liba.so' });
    const program = lab.program('p11a', { needs: [lab.path('r11/liba.so')] });
    expect(closure(program).libraries.map(({ path, foundBy }) => [path, foundBy])).toEqual([
      [lab.path('r11/liba.so'), 'direct'],
    ]);
    lab.library('r11/libc.so', { soname: null });
    expect(both(lab.program('p11b', { needs: ['r11/libc.so'] }))).toEqual({ 'r11/libc.so': 'r11/libc.so' });
    const elsewhere = lab.program('p11c', { needs: [lab.path('r11/liba.so')] });
    cpSync(elsewhere, lab.path('r11/moved'));
    expect(closure(lab.path('r11/moved')).missing).toHaveLength(1);
  });

  it('knows an object by name, soname and inode', () => {
    lab.library('r12/libone.so.1', { soname: 'libone.so.1' });
    symlinkSync('libone.so.1', lab.path('r12/libone.so'));
    lab.library('link/libone.so', { soname: 'libone.so' });
    lab.library('r12/libtwo.so', { needs: [lab.path('link/libone.so')] });
    const needs = [lab.path('r12/libone.so.1'), lab.path('r12/libtwo.so')];
    const byInode = lab.program('p12a', { needs, rpath: '$ORIGIN/r12' });
    expect(Object.keys(both(byInode))).toEqual(['libone.so.1', 'libtwo.so']);
    const bySoname = lab.program('p12b', {
      needs: [lab.path('link/libone.so'), ...needs],
      rpath: '$ORIGIN/r12',
    });
    expect(Object.keys(both(bySoname))).toEqual(['libone.so', 'libtwo.so']);
  });

  it('looks into hwcaps directories of this processor', () => {
    const [best, ...others] = hostCpu().hwcaps;
    lab.library('r13/liba.so');
    const env = { LD_LIBRARY_PATH: lab.path('r13') };
    const program = lab.program('p13', { needs: [lab.path('link/liba.so')] });
    for (const dir of [...others.toReversed(), best].filter((name) => name !== undefined)) {
      lab.library(`r13/glibc-hwcaps/${dir}/liba.so`);
      expect(both(program, env)['liba.so']).toBe(lab.path(`r13/glibc-hwcaps/${dir}/liba.so`));
    }
    const baseline = findClosure({ tree: directoryTree('/'), path: program, libraryPath: lab.path('r13') });
    expect(baseline.libraries[0]?.path).toBe(lab.path('r13/liba.so'));
    expect(baseline.hwcapsVariants.map(({ hwcaps, loaded }) => [hwcaps, loaded])).toEqual(
      hostCpu().hwcaps.map((name) => [name, false]),
    );
  });

  it('looks into legacy hwcaps directories as this ld.so does', () => {
    lab.library('r14/liba.so');
    const env = { LD_LIBRARY_PATH: lab.path('r14') };
    const program = lab.program('p14', { needs: [lab.path('link/liba.so')] });
    const platform = hostCpu().platform ?? 'x86_64';
    for (const dir of [
      'x86_64',
      'avx512_1',
      platform,
      `${platform}/x86_64`,
      'tls',
      `tls/${platform}/avx512_1/x86_64`,
    ]) {
      lab.library(`r14/${dir}/liba.so`);
      both(program, env);
    }
  });

  it('loads preloads first, and goes on without one that is missing', () => {
    lab.library('r15/libpre.so', { needs: [lab.path('link/libb.so')] });
    lab.library('r15/liba.so');
    const program = lab.program('p15', { needs: [lab.path('link/liba.so')], runpath: '$ORIGIN/r15' });
    const env = { LD_PRELOAD: `libnothere.so:${lab.path('r15/libpre.so')}` };
    expect(Object.keys(both(program, env))).toEqual([lab.path('r15/libpre.so'), 'liba.so', 'libb.so']);
  });

  it('lists a missing library once for each that wants it', () => {
    lab.library('r16/liba.so', { needs: [lab.path('link/libb.so')] });
    const needs = [lab.path('link/libb.so'), lab.path('link/liba.so')];
    const program = lab.program('p16', { needs, runpath: '$ORIGIN/r16' });
    both(program);
    expect(closure(program).missing.map(({ neededBy }) => neededBy)).toEqual([
      program,
      lab.path('r16/liba.so'),
    ]);
  });

  it('reports versions that a library lacks', () => {
    const source = 'int f(void) { return 1; }\n';
    const versions = (names: readonly string[]): string =>
      lab.file('v.map', names.map((name) => `${name} { };`).join('\n'));
    const flags = (names: readonly string[]): string[] => [`-Wl,--version-script=${versions(names)}`];
    lab.file('v2.map', 'A_1 { global: g; };\nA_2 { global: f; } A_1;\n');
    const newer = `${source}int g(void) { return 2; }\n`;
    lab.library('link/libv.so', { source: newer, flags: [`-Wl,--version-script=${lab.path('v2.map')}`] });
    lab.library('r17/libv.so', { source, flags: flags(['A_1']) });
    const use = 'int f(void); void _start(void) { f(); for (;;); }\n';
    const program = lab.program('p17', {
      source: use,
      needs: [lab.path('link/libv.so')],
      runpath: '$ORIGIN/r17',
    });
    both(program);
    const message = `${lab.path('r17/libv.so')}: version \`A_2' not found (required by ${program})`;
    expect(askGlibc(program).complaints).toContain(message);
    expect(closure(program).versionProblems).toEqual([
      { version: 'A_2', library: lab.path('r17/libv.so'), requiredBy: program, message },
    ]);
  });

  it('says that a library without NEEDED is statically linked', () => {
    expect(both(lab.library('r18/libalone.so'))).toEqual({});
  });
});
