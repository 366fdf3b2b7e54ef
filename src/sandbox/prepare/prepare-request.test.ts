import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunRequest } from '../sandbox.ts';
import type { PreparedRequest } from './prepared-request.ts';
import { prepareRequest } from './prepare-request.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'prepare-request-'));
  mkdirSync(join(root, 'bin'));
  copyFileSync('/bin/true', join(root, 'bin/program'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function request(more: Partial<RunRequest> = {}): RunRequest {
  return {
    root,
    argv: ['/bin/program', 'word'],
    env: {},
    cwd: '/work',
    uid: 1234,
    gid: 4321,
    readOnlyRoot: true,
    network: 'none',
    mounts: [],
    timeoutMs: 1000,
    outputLimitBytes: 1000,
    stdio: { kind: 'capture' },
    limits: { processes: 7, memoryBytes: 1024 },
    ...more,
  };
}

async function prepared(more: Partial<RunRequest> = {}): Promise<PreparedRequest> {
  const preparation = await prepareRequest(request(more));
  if (preparation.kind === 'not-started') throw new Error(preparation.failure.message);
  return preparation.prepared;
}

describe('prepareRequest', () => {
  it('hands on what was asked for, and looks at the image', async () => {
    chmodSync(root, 0o751);
    expect(await prepared()).toMatchObject({
      image: root,
      imageMode: 0o751,
      imageOwner: { uid: process.getuid?.(), gid: process.getgid?.() },
      cwd: '/work',
      uid: 1234,
      gid: 4321,
      limits: { processes: 7, memoryBytes: 1024 },
      readOnlyRoot: true,
      network: 'none',
      hostname: 'morsel',
      path: '/bin/program',
      argv: ['/bin/program', 'word'],
      isObserved: false,
      startMarker: null,
    });
    expect(await prepared({ readOnlyRoot: false, network: 'host', hostname: 'box' })).toMatchObject({
      readOnlyRoot: false,
      network: 'host',
      hostname: 'box',
    });
  });

  it('is observed by who asks while it runs, or afterwards', async () => {
    expect((await prepared({ whileRunning: () => Promise.resolve() })).isObserved).toBe(true);
    expect((await prepared({ afterwards: () => Promise.resolve() })).isObserved).toBe(true);
  });

  it('names the places that every container has and this image lacks', async () => {
    const missing = (await prepared()).missing.map(({ path }) => path);
    expect(missing).toEqual(expect.arrayContaining(['/proc', '/sys', '/dev', '/work', '/etc/hosts']));
    expect(missing).not.toContain('/bin');
  });

  it('gives HOME: the one that was asked for, that of the user, or the root', async () => {
    expect((await prepared({ env: { A: '1', HOME: '/x' } })).env).toEqual({ A: '1', HOME: '/x' });
    expect((await prepared()).env).toEqual({ HOME: '/' });
    mkdirSync(join(root, 'etc'));
    writeFileSync(join(root, 'etc/passwd'), 'one:x:1234:4321::/home/one:/bin/sh\n');
    expect((await prepared()).env).toEqual({ HOME: '/home/one' });
  });

  it('is privileged only where executing the file gains something', async () => {
    expect((await prepared()).privileged).toBeNull();
    for (const mode of [0o4755, 0o2755]) {
      chmodSync(join(root, 'bin/program'), mode);
      expect((await prepared()).privileged).toEqual({
        path: '/bin/program',
        capability: null,
        isSetId: true,
        isMounted: false,
        owner: null,
      });
    }
    chmodSync(join(root, 'bin/program'), 0o755);
    const capability = Buffer.from('01', 'hex');
    const capabilities = new Map([['/bin/program', capability]]);
    expect((await prepared({ capabilities })).privileged).toEqual({
      path: '/bin/program',
      capability,
      isSetId: false,
      isMounted: false,
      owner: null,
    });
    expect((await prepared({ capabilities: new Map([['/bin/other', capability]]) })).privileged).toBeNull();
  });

  it('knows the other files that a program may gain something by, but for root', async () => {
    for (const name of ['other', 'third', 'closed']) copyFileSync('/bin/true', join(root, 'bin', name));
    chmodSync(join(root, 'bin/third'), 0o2755);
    chmodSync(join(root, 'bin/closed'), 0o4644);
    const owner = { uid: 7, gid: 8 };
    const capability = Buffer.from('01', 'hex');
    const more = {
      capabilities: new Map([['/bin/other', capability]]),
      setIds: new Map(['/bin/third', '/bin/closed'].map((path) => [path, owner])),
    };
    const file = { capability: null, isSetId: false, isMounted: false, owner: null };
    expect(await prepared(more)).toMatchObject({
      privileged: null,
      otherPrivileged: [
        { ...file, path: '/bin/other', capability },
        { ...file, path: '/bin/third', isSetId: true, owner },
      ],
    });
    expect((await prepared({ ...more, uid: 0 })).otherPrivileged).toEqual([]);
  });

  it('takes the bits of the interpreter for those of its script', async () => {
    writeFileSync(join(root, 'bin/script'), '#!/bin/program\n', { mode: 0o755 });
    chmodSync(join(root, 'bin/script'), 0o4755);
    expect((await prepared({ argv: ['/bin/script'] })).privileged).toBeNull();
    chmodSync(join(root, 'bin/program'), 0o2755);
    expect((await prepared({ argv: ['/bin/script'] })).privileged).toMatchObject({ path: '/bin/program' });
  });

  it('refuses a mount whose source is not there, and takes files and directories', async () => {
    const mounts = [{ source: join(root, 'absent'), target: '/data', readOnly: true }];
    await expect(prepareRequest(request({ mounts }))).rejects.toThrow(/absent: no such file or directory/);
    const target = { target: '/data', readOnly: true };
    const kindOf = async (source: string): Promise<string | undefined> =>
      (await prepared({ mounts: [{ ...target, source }] })).missing.find(({ path }) => path === '/data')
        ?.kind;
    expect(await kindOf(join(root, 'bin'))).toBe('directory');
    expect(await kindOf(join(root, 'bin/program'))).toBe('file');
  });

  it("finds a program on a mount, its user there, and puts docker's files over it", async () => {
    const source = join(root, 'elsewhere');
    mkdirSync(join(source, 'etc'), { recursive: true });
    copyFileSync('/bin/true', join(source, 'true'));
    chmodSync(join(source, 'true'), 0o4755);
    writeFileSync(join(source, 'etc/passwd'), 'one:x:1234:4321::/home/two:/bin/sh\n');
    writeFileSync(join(source, 'etc/hosts'), '');
    const mounts = [
      { source, target: '/usr', readOnly: true },
      { source: join(source, 'etc'), target: '/etc', readOnly: true },
    ];
    expect(await prepared({ argv: ['true'], env: { PATH: '/usr' }, mounts })).toMatchObject({
      path: '/usr/true',
      env: { HOME: '/home/two' },
      privileged: { path: '/usr/true', capability: null, isMounted: true },
    });
    const { files } = await prepared({ mounts });
    // Of what the mount lacks nothing can be made.
    expect(Object.keys(files)).toEqual(['/etc/hosts']);
    const own = { source: join(source, 'etc/hosts'), target: '/etc/hosts', readOnly: true };
    expect((await prepared({ mounts: [...mounts, own] })).files).toEqual({});
    const absent = { ...own, target: '/etc/absent' };
    await expect(prepareRequest(request({ mounts: [...mounts, absent] }))).rejects.toThrow(
      /cannot be mounted on \/etc\/absent: nothing is there, in what is mounted before/,
    );
  });

  it('says why nothing can be started', async () => {
    expect(await prepareRequest(request({ argv: [] }))).toEqual({
      kind: 'not-started',
      failure: { kind: 'no-command', message: 'no command specified' },
    });
    expect((await prepareRequest(request({ argv: ['/absent'] }))).kind).toBe('not-started');
  });
});
