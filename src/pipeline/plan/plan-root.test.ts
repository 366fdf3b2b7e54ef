import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasTool, requireInCi } from '../../../test/reference-tools.ts';
import type { BaseImage } from '../../base/index.ts';
import { directoryTree } from '../../rootfs/index.ts';
import type { BuildOptions } from '../request/build-options.ts';
import { resolveRequest, type BuildRequest } from '../request/build-request.ts';
import { type Placement, type RungBuild, SCRATCH } from '../candidates/candidate.ts';
import { buildOfBinary } from '../candidates/candidates.ts';
import { planRoot, type RootPlan } from './plan-root.ts';
import { readMaterial } from './read-material.ts';

const hasZones = requireInCi('tzdata', existsSync('/usr/share/zoneinfo/Europe/Berlin'));

async function planRootOf(
  request: BuildRequest,
  programs: RungBuild['programs'],
  placement: Placement,
): Promise<RootPlan> {
  return planRoot(request, await readMaterial(request, programs, placement, directoryTree('/')), placement);
}

describe.skipIf(!hasTool('gcc'))('planRoot, of programs that gcc made', () => {
  let folder = '';
  const gcc = (...words: readonly string[]): void =>
    void execFileSync('gcc', words, { cwd: folder, stdio: 'pipe' });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'plan-root-'));
    writeFileSync(join(folder, 'main.c'), 'int main(void) { return 0; }\n');
    writeFileSync(join(folder, 'part.c'), 'int part(void) { return 1; }\n');
    writeFileSync(join(folder, 'user.c'), 'int part(void);\nint main(void) { return part(); }\n');
    gcc('-o', 'dynamic', 'main.c');
    gcc('-static', '-o', 'static', 'main.c');
    gcc('-shared', '-fPIC', '-o', 'libpart.so', 'part.c');
    gcc('-o', 'origin', 'user.c', '-L.', '-lpart', '-Wl,-rpath,$ORIGIN');
    gcc('-o', 'lost', 'user.c', '-L.', '-lpart');
    gcc('-o', 'foreign-loader', 'main.c', '-Wl,--dynamic-linker=/nowhere/ld.so');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const plan = (name: string, options: BuildOptions = {}, placement: Placement = SCRATCH) => {
    const path = join(folder, name);
    const project = { kind: 'binary', name, version: null, license: null, directory: folder, path } as const;
    return planRootOf(resolveRequest(options, {}, project), buildOfBinary(path).programs, placement);
  };
  const paths = ({ entries }: RootPlan): readonly string[] => entries.map((entry) => entry.path);

  it('puts a static program alone into the root', async () => {
    const root = await plan('static');
    expect(paths(root)).toEqual(['/static']);
    expect(root).toMatchObject({ programs: [{ path: '/static' }], env: {} });
  });

  it('adds the loader and the libraries of a dynamic one, each with its reason', async () => {
    const { entries } = await plan('dynamic');
    const names = entries.map((entry) => entry.path);
    expect(names[0]).toBe('/dynamic');
    expect(names.some((path) => path.endsWith('/libc.so.6'))).toBe(true);
    expect(names.some((path) => /\/ld-linux[^/]*$/.test(path))).toBe(true);
    for (const entry of entries) expect(entry.reason).not.toBe('');
  });

  it('leaves a program where it is when its libraries are found from there', async () => {
    const root = await plan('origin');
    expect(root.programs[0].path).toBe(join(folder, 'origin'));
    expect(paths(root)).toContain(join(folder, 'libpart.so'));
  });

  it('gathers the own libraries of a program that was compiled here, whose folder is nobody’s business', async () => {
    const path = join(folder, 'origin');
    const project = {
      kind: 'binary',
      name: 'app',
      version: null,
      license: null,
      directory: folder,
      path,
    } as const;
    const finished = join(folder, 'finished');
    copyFileSync(path, finished);
    const [program] = buildOfBinary(path).programs;
    const compiled = { ...program, path: finished, linkedPath: path, toolchain: 'gcc' };
    const root = await planRootOf(resolveRequest({}, {}, project), [compiled], SCRATCH);
    expect(root.programs[0].path).toBe('/finished');
    expect(paths(root)).toContainEqual(
      expect.stringMatching(/^\/(usr\/)?lib\/.*libpart\.so$|^\/libpart\.so$/),
    );
    expect(paths(root).join()).not.toContain(folder);
  });

  describe('of several programs', () => {
    const planAll = (
      names: readonly [string, ...string[]],
      options: BuildOptions = {},
      placement: Placement = SCRATCH,
    ): Promise<RootPlan> => {
      const [first, ...others] = names.map((name) => compiled(name));
      const project = {
        kind: 'binary',
        name: 'app',
        version: null,
        license: null,
        directory: folder,
        path: join(folder, names[0]),
      } as const;
      if (first === undefined) throw new Error('no program');
      return planRootOf(resolveRequest(options, {}, project), [first, ...others], placement);
    };
    const compiled = (name: string): RungBuild['programs'][number] => ({
      ...buildOfBinary(join(folder, name)).programs[0],
      toolchain: 'gcc',
    });
    const reasonOf = ({ entries }: RootPlan, suffix: string): string | undefined =>
      entries.find(({ path }) => path.endsWith(suffix))?.reason;

    beforeAll(() => {
      mkdirSync(join(folder, 'bin'));
      for (const [name, value] of Object.entries({ one: 1, two: 2 })) {
        mkdirSync(join(folder, name, 'lib'), { recursive: true });
        writeFileSync(join(folder, name, 'part.c'), `int part(void) { return ${value}; }\n`);
        gcc('-shared', '-fPIC', '-o', `${name}/lib/libpart.so`, `${name}/part.c`);
        gcc(
          '-o',
          `bin/far-${name}`,
          'user.c',
          `-L${name}/lib`,
          '-lpart',
          `-Wl,-rpath,/opt/${name}:${join(folder, name, 'lib')}`,
        );
        gcc('-o', `${name}/near-${name}`, 'user.c', `-L${name}/lib`, '-lpart', '-Wl,-rpath,$ORIGIN/lib');
      }
      gcc('-o', 'third', 'user.c', '-L.', '-lpart', '-Wl,-rpath,$ORIGIN');
    });

    it('packs what all of them need once, and says for whom', async () => {
      const root = await planAll(['dynamic', 'static', 'third']);
      expect(root.programs.map(({ path }) => path)).toEqual(['/dynamic', '/static', '/third']);
      expect(new Set(paths(root)).size).toBe(paths(root).length);
      expect(reasonOf(root, '/libc.so.6')).toMatch(/needed by \/dynamic .*; needed by \/third /);
      expect(reasonOf(root, '/libpart.so')).toMatch(/^needed by \/third /);
      expect(reasonOf(root, '/dynamic')).toBe('the program, by gcc');
      expect(reasonOf(root, '/third')).toBe('another program of the build, by gcc');
    });

    it('has the same files whichever of them is started', async () => {
      const sorted = (root: RootPlan): readonly string[] => paths(root).toSorted();
      expect(sorted(await planAll(['dynamic', 'third']))).toEqual(
        sorted(await planAll(['third', 'dynamic'])),
      );
    });

    it('keeps the libraries of each where its own loader finds them', async () => {
      const root = await planAll(['bin/far-one', 'bin/far-two']);
      expect(paths(root)).toContain(join(folder, 'one/lib/libpart.so'));
      expect(paths(root)).toContain(join(folder, 'two/lib/libpart.so'));
    });

    it('loses them to two libraries of one name, which would lie in one place', async () => {
      await expect(planAll(['one/near-one', 'two/near-two'])).rejects.toMatchObject({
        code: 'WONT_RUN',
        message: expect.stringMatching(
          /libraries of \/near-one, \/near-two cannot lie in one image.*libpart\.so/,
        ) as unknown,
      });
      for (const alone of ['one/near-one', 'two/near-two'] as const)
        await expect(planAll([alone])).resolves.toMatchObject({ programs: [{ path: alone.slice(3) }] });
    });

    it('puts the others beside the one that --path places', async () => {
      const root = await planAll(['static', 'dynamic'], { programPath: '/usr/bin/main' });
      expect(root.programs.map(({ path }) => path)).toEqual(['/usr/bin/main', '/usr/bin/dynamic']);
      await expect(planAll(['static', 'dynamic'], { programPath: '/dynamic' })).rejects.toMatchObject({
        code: 'USAGE',
      });
    });

    it('ships them alone where that is asked for', async () => {
      expect(paths(await planAll(['dynamic', 'third'], {}, { kind: 'bare' }))).toEqual([
        '/dynamic',
        '/third',
      ]);
    });
  });

  it('ships the bare program where that is asked for', async () => {
    expect(paths(await plan('dynamic', {}, { kind: 'bare' }))).toEqual(['/dynamic']);
  });

  it('brings no library to a base, keeps its environment, and none of its files twice', async () => {
    const base: BaseImage = {
      name: 'host',
      layers: [],
      tree: directoryTree('/'),
      config: { Env: ['PATH=/opt/bin', 'LANG=C.UTF-8', 'A=b=c'] },
      close: () => {},
    };
    const root = await plan('dynamic', { timeZone: 'UTC' }, { kind: 'base', base });
    expect(paths(root)).toEqual(['/dynamic']);
    expect(root.env).toEqual({ PATH: '/opt/bin', LANG: 'C.UTF-8', A: 'b=c', TZ: 'UTC' });
  });

  it('lets what the user adds win over what it would bring itself', async () => {
    const path = (await plan('dynamic')).entries
      .map((one) => one.path)
      .find((one) => one.endsWith('/libc.so.6'));
    copyFileSync(path as string, join(folder, 'own-libc.so'));
    const { entries } = await plan('dynamic', { add: [`${join(folder, 'own-libc.so')}:${path}`] });
    const there = entries.filter((entry) => entry.path === path);
    expect(there.map((entry) => entry.reason)).toEqual([`--add ${join(folder, 'own-libc.so')}`]);
  });

  describe('in the environment of the image', () => {
    afterEach(() => vi.unstubAllEnvs());
    const library = (root: RootPlan) => root.entries.find(({ path }) => path.endsWith('/libpart.so'));
    const messages = (root: RootPlan): string => root.findings.map(({ message }) => message).join('\n');

    it('keeps the libraries of its LD_LIBRARY_PATH there', async () => {
      const root = await plan('lost', { env: { LD_LIBRARY_PATH: `/nowhere;${folder}` } });
      expect(library(root)?.path).toBe(join(folder, 'libpart.so'));
      // Where a run on this machine must see it.
      expect(root.libraryFiles).toContain(join(folder, 'libpart.so'));
      // Relative to the working directory of the image.
      const relative = await plan('lost', { env: { LD_LIBRARY_PATH: '.' }, workdir: folder });
      expect(library(relative)?.path).toBe(join(folder, 'libpart.so'));
    });

    it('finds what is added, and packs it once', async () => {
      const add = [`${join(folder, 'libpart.so')}:/opt/own/libpart.so`];
      const root = await plan('lost', { env: { LD_LIBRARY_PATH: '/opt/own' }, add });
      const found = root.entries.filter(({ path }) => path.endsWith('/libpart.so'));
      expect(found.map(({ path }) => path)).toEqual(['/opt/own/libpart.so']);
      expect(root.libraryFiles.join()).not.toContain('libpart.so');
      await expect(plan('lost', { add })).rejects.toMatchObject({ code: 'WONT_RUN' });
    });

    it('finds by the LD_LIBRARY_PATH of the builder last, packs where the loader looks, and says so', async () => {
      vi.stubEnv('LD_LIBRARY_PATH', `/nowhere:${folder}`);
      const root = await plan('lost');
      expect(library(root)?.path).toMatch(/^\/(usr\/)?lib/);
      expect(library(root)?.reason).toContain('LD_LIBRARY_PATH of this build');
      expect(messages(root)).toContain('found by the LD_LIBRARY_PATH of this build only');
      // What is found without is what it would be without.
      expect(paths(await plan('dynamic'))).not.toContainEqual(expect.stringContaining(folder));
      expect((await plan('dynamic')).findings).toEqual([]);
    });

    it('ships what LD_PRELOAD names, by path and by name, and refuses what is not here', async () => {
      const byPath = await plan('dynamic', { env: { LD_PRELOAD: join(folder, 'libpart.so') } });
      expect(library(byPath)).toMatchObject({ path: join(folder, 'libpart.so'), reason: 'LD_PRELOAD' });
      const byName = await plan('dynamic', { env: { LD_PRELOAD: 'libpart.so', LD_LIBRARY_PATH: folder } });
      expect(library(byName)?.reason).toContain('LD_PRELOAD');
      for (const name of ['/nowhere/libpart.so', 'libpart.so'])
        await expect(plan('dynamic', { env: { LD_PRELOAD: name } })).rejects.toMatchObject({
          code: 'WONT_RUN',
          message: expect.stringContaining(name) as string,
        });
    });

    it('loses a static rung to LD_PRELOAD, and says of a ready static program that it has no effect', async () => {
      const root = await plan('static', { env: { LD_PRELOAD: join(folder, 'libpart.so') } });
      expect(messages(root)).toMatch(/LD_PRELOAD=.* has no effect: the program is static/);
      const path = join(folder, 'static');
      const project = {
        kind: 'binary',
        name: 'a',
        version: null,
        license: null,
        directory: folder,
        path,
      } as const;
      const request = resolveRequest({ env: { LD_PRELOAD: 'x.so' } }, {}, project);
      const compiled = { ...buildOfBinary(path).programs[0], toolchain: 'gcc' };
      await expect(planRootOf(request, [compiled], SCRATCH)).rejects.toMatchObject({ code: 'WONT_RUN' });
    });
  });

  it('keeps the setuid bit with a word, and knows how the loader of such a program looks', async () => {
    copyFileSync(join(folder, 'dynamic'), join(folder, 'elevated'));
    chmodSync(join(folder, 'elevated'), 0o6755);
    const root = await plan('elevated');
    expect(root.entries[0]).toMatchObject({ mode: 0o6755, reason: expect.stringContaining('set-user-ID') });
    expect(root.findings[0]?.message).toContain('stays so in the image (mode 6755)');
    // Not what is no right: setgid without group execution.
    chmodSync(join(folder, 'elevated'), 0o2745);
    expect((await plan('elevated')).entries[0]).toMatchObject({ mode: 0o755, reason: 'the program' });

    copyFileSync(join(folder, 'origin'), join(folder, 'elevated'));
    chmodSync(join(folder, 'elevated'), 0o4755);
    await expect(plan('elevated')).rejects.toMatchObject({
      code: 'WONT_RUN',
      message: expect.stringMatching(/libpart\.so, and does not look where it is: .*\$ORIGIN/),
    });
    const owner = statSync(join(folder, 'elevated')).uid;
    expect(paths(await plan('elevated', { user: `${owner}` }))).toContain(join(folder, 'libpart.so'));
  });

  it('makes the working directory for the user, but where it is there already', async () => {
    const made = ({ entries }: RootPlan) => entries.filter((entry) => entry.kind === 'directory');
    const [directory, ...others] = made(await plan('static', { workdir: '/data//x/', user: '7:8' }));
    expect(directory).toMatchObject({
      path: '/data/x',
      mode: 0o755,
      uid: 7,
      gid: 8,
      reason: '--workdir /data/x',
    });
    expect(others).toEqual([]);
    const add = [`${join(folder, 'main.c')}:/data/x/main.c`];
    for (const options of [{ workdir: '/' }, { workdir: '/data', add }, { workdir: '/data/x', add }])
      expect(made(await plan('static', options))).toEqual([]);
    expect(made(await plan('dynamic', { workdir: '/lib64' }))).toEqual([]);
  });

  it('puts the program where --path says, with libraries that are found from there', async () => {
    const root = await plan('origin', { programPath: '/opt/x/app' });
    expect(root.programs[0].path).toBe('/opt/x/app');
    expect(paths(root).join()).not.toContain(folder);
    expect(paths(root)).toContainEqual(expect.stringMatching(/^\/(usr\/)?lib\/.*libpart\.so$/));
  });

  it.skipIf(!hasZones)(
    'packs the zone that was asked for, also for a program that asks no time',
    async () => {
      const root = await plan('static', { timeZone: 'Europe/Berlin' });
      expect(paths(root)).toEqual(['/static', '/usr/share/zoneinfo/Europe/Berlin']);
      expect(root.env).toEqual({ TZ: 'Europe/Berlin' });
    },
  );

  it.each([
    ['a zone that nobody knows', 'static', { timeZone: 'Europe/Nowhere' }, 'NOT_FOUND', 'Europe/Nowhere'],
    ['a library that is not here', 'lost', {}, 'WONT_RUN', 'libpart.so'],
    ['a loader that is not here', 'foreign-loader', {}, 'WONT_RUN', '/nowhere/ld.so'],
  ] as const)('names %s', async (_, name, options, code, words) => {
    await expect(plan(name, options)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
      hint: expect.stringMatching(/\w/),
    });
  });
});
