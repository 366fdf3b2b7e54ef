import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTool, requireInCi } from '../../../test/reference-tools.ts';
import type { BaseImage } from '../../base/index.ts';
import { directoryTree } from '../../rootfs/index.ts';
import type { BuildOptions } from '../request/build-options.ts';
import { resolveRequest, type BuildRequest } from '../request/build-request.ts';
import { type Placement, type RungProgram, SCRATCH } from '../candidates/candidate.ts';
import { programOfBinary } from '../candidates/candidates.ts';
import { planRoot, type RootPlan } from './plan-root.ts';
import { readMaterial } from './read-material.ts';

const hasZones = requireInCi('tzdata', existsSync('/usr/share/zoneinfo/Europe/Berlin'));

async function planRootOf(
  request: BuildRequest,
  program: RungProgram,
  placement: Placement,
): Promise<RootPlan> {
  return planRoot(request, await readMaterial(request, program, placement, directoryTree('/')), placement);
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
    return planRootOf(resolveRequest(options, {}, project), programOfBinary(path), placement);
  };
  const paths = ({ entries }: RootPlan): readonly string[] => entries.map((entry) => entry.path);

  it('puts a static program alone into the root', async () => {
    const root = await plan('static');
    expect(paths(root)).toEqual(['/static']);
    expect(root).toMatchObject({ programPath: '/static', env: {} });
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
    expect(root.programPath).toBe(join(folder, 'origin'));
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
    const compiled = { ...programOfBinary(path), path: finished, linkedPath: path, toolchain: 'gcc' };
    const root = await planRootOf(resolveRequest({}, {}, project), compiled, SCRATCH);
    expect(root.programPath).toBe('/finished');
    expect(paths(root)).toContainEqual(
      expect.stringMatching(/^\/(usr\/)?lib\/.*libpart\.so$|^\/libpart\.so$/),
    );
    expect(paths(root).join()).not.toContain(folder);
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
    const { entries } = await plan('dynamic', { add: [`${join(folder, 'libpart.so')}:${path}`] });
    const there = entries.filter((entry) => entry.path === path);
    expect(there.map((entry) => entry.reason)).toEqual([`--add ${join(folder, 'libpart.so')}`]);
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
