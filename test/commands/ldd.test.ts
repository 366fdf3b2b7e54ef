import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { morsel } from '../built-cli.ts';
import { itFails, itFailsAsAll } from './contract.ts';
import { documentOf } from './documents.ts';
import { Targets } from './targets.ts';

const targets = new Targets();
afterAll(() => targets.remove());

const lddJson = async (...args: readonly string[]) => {
  const result = await targets.morsel('ldd', ...args, '--format', 'json');
  return { ...result, report: documentOf('ldd', result) };
};

describe('text', () => {
  it('of a static program says so', async () => {
    expect(await targets.morsel('ldd', targets.static())).toEqual({
      exitCode: 0,
      stdout: '\tnot a dynamic executable\n',
      stderr: '',
    });
  });

  it('of a dynamic program names each library and where it is', async () => {
    const { exitCode, stdout, stderr } = await targets.morsel('ldd', targets.dynamic());
    expect(stdout).toMatch(/^\tlibc\.so\.6 => \/\S+\/libc\.so\.6\n\t\/lib\S+\n$/);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  it('of a library that is nowhere says "not found", and answers 1', async () => {
    const { exitCode, stdout, stderr } = await targets.morsel('ldd', targets.lacking());
    expect(stdout).toMatch(/^\tlibgone\.so => not found\n/);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
  });

  /** As ld.so takes LD_LIBRARY_PATH; an empty element is the current directory. */
  it.each(['d', './d', ':d', 'd/', '../FOLDER/d', 'absent:d'])(
    'with --library-path %s, from here',
    async (path) => {
      const program = targets.lacking();
      const folder = dirname(program);
      mkdirSync(join(folder, 'd'), { recursive: true });
      copyFileSync(join(folder, 'libgone.so'), join(folder, 'd/libgone.so'));
      const list = path.replace('FOLDER', basename(folder));
      const theirs = spawnSync(program, {
        cwd: folder,
        env: { LD_LIBRARY_PATH: list, LD_TRACE_LOADED_OBJECTS: '1' },
        encoding: 'utf8',
      });
      const said = /^\tlibgone\.so.*?(?= \(0x)/m.exec(theirs.stdout)?.[0];
      const { stdout } = await morsel(['ldd', '--library-path', list, program], {
        cwd: folder,
        env: targets.place.environment(),
      });
      expect(said).toBeDefined();
      expect(stdout).toContain(`${said}\n`);
    },
  );

  it('with --tree says who needs what, and by which rule', async () => {
    const { stdout } = await targets.morsel('ldd', '--tree', targets.dynamic());
    expect(stdout).toMatch(/^\S+\/program\S* *\n {2}libc\.so\.6 => \/\S+ \(.+\)\n/);
  });

  it('of several files has each path above it', async () => {
    const { stdout } = await targets.morsel('ldd', targets.static(), targets.foreign());
    expect(stdout.split('\n')).toEqual([
      `${targets.static()}:`,
      '\tnot a dynamic executable',
      `${targets.foreign()}:`,
      '\tnot a dynamic executable',
      '',
    ]);
  });
});

describe('JSON', () => {
  it('of a static program', async () => {
    const { exitCode, report, stderr } = await lddJson(targets.static());
    expect(report).toMatchObject({ path: targets.static(), interpreter: null, libraries: [], missing: [] });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  it('of a dynamic program', async () => {
    const { exitCode, report } = await lddJson(targets.dynamic());
    expect(report).toMatchObject({ interpreterFound: true, loader: 'glibc', missing: [] });
    expect(report).toHaveProperty('libraries.0.name', 'libc.so.6');
    expect(report).toHaveProperty('libraries.0.neededBy', targets.dynamic());
    expect(exitCode).toBe(0);
  });

  it('of a library that is nowhere', async () => {
    const { exitCode, report } = await lddJson(targets.lacking());
    expect(report).toMatchObject({ missing: ['libgone.so'] });
    expect(exitCode).toBe(1);
  });

  it('of a program for another machine', async () => {
    expect((await lddJson(targets.foreign())).report).toMatchObject({ machine: 's390x', loader: 'none' });
  });

  it('of several files is a list', async () => {
    const { report } = await lddJson(targets.static(), targets.dynamic());
    expect(report).toMatchObject([{ path: targets.static() }, { path: targets.dynamic() }]);
  });

  it('of a file in another root has paths of that root', async () => {
    const { exitCode, report } = await lddJson('--root', targets.folder(), '/dynamic');
    expect(report).toMatchObject({ path: '/dynamic', interpreterFound: false, missing: ['libc.so.6'] });
    expect(exitCode).toBe(1);
  });
});

describe('no answer', () => {
  itFails(targets, 'ldd', 2, {
    'a broken file': [() => [targets.broken()], 'ELF_INVALID'],
    'a text': [() => [targets.text()], 'NOT_AN_EXECUTABLE'],
    'an image': [async () => [await targets.image(targets.static())], 'NOT_AN_EXECUTABLE'],
    'a folder': [() => [targets.folder()], 'UNREADABLE'],
    'what is not there': [() => [targets.absent()], 'NOT_FOUND'],
  });
  itFailsAsAll(targets, 'ldd', () => targets.static());
});
