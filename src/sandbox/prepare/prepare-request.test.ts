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

function prepared(more: Partial<RunRequest> = {}): PreparedRequest {
  const preparation = prepareRequest(request(more));
  if (preparation.kind === 'not-started') throw new Error(preparation.failure.message);
  return preparation.prepared;
}

describe('prepareRequest', () => {
  it('hands on what was asked for, and looks at the image', () => {
    chmodSync(root, 0o751);
    expect(prepared()).toMatchObject({
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
    expect(prepared({ readOnlyRoot: false, network: 'host', hostname: 'box' })).toMatchObject({
      readOnlyRoot: false,
      network: 'host',
      hostname: 'box',
    });
  });

  it('is observed by who asks while it runs, or afterwards', () => {
    expect(prepared({ whileRunning: () => Promise.resolve() }).isObserved).toBe(true);
    expect(prepared({ afterwards: () => Promise.resolve() }).isObserved).toBe(true);
  });

  it('names the places that every container has and this image lacks', () => {
    const missing = prepared().missing.map(({ path }) => path);
    expect(missing).toEqual(expect.arrayContaining(['/proc', '/sys', '/dev', '/work', '/etc/hosts']));
    expect(missing).not.toContain('/bin');
  });

  it('gives HOME: the one that was asked for, that of the user, or the root', () => {
    expect(prepared({ env: { A: '1', HOME: '/x' } }).env).toEqual({ A: '1', HOME: '/x' });
    expect(prepared().env).toEqual({ HOME: '/' });
    mkdirSync(join(root, 'etc'));
    writeFileSync(join(root, 'etc/passwd'), 'one:x:1234:4321::/home/one:/bin/sh\n');
    expect(prepared().env).toEqual({ HOME: '/home/one' });
  });

  it('is privileged only where executing the file gains something', () => {
    expect(prepared().privileged).toBeNull();
    for (const mode of [0o4755, 0o2755]) {
      chmodSync(join(root, 'bin/program'), mode);
      expect(prepared().privileged).toEqual({ path: '/bin/program', capability: null });
    }
    chmodSync(join(root, 'bin/program'), 0o755);
    const capability = Buffer.from('01', 'hex');
    const capabilities = new Map([['/bin/program', capability]]);
    expect(prepared({ capabilities }).privileged).toEqual({ path: '/bin/program', capability });
    expect(prepared({ capabilities: new Map([['/bin/other', capability]]) }).privileged).toBeNull();
  });

  it('refuses a mount whose source is not there, and takes files and directories', () => {
    const mounts = [{ source: join(root, 'absent'), target: '/data', readOnly: true }];
    expect(() => prepareRequest(request({ mounts }))).toThrow(/absent: no such file or directory/);
    const target = { target: '/data', readOnly: true };
    const kindOf = (source: string): string | undefined =>
      prepared({ mounts: [{ ...target, source }] }).missing.find(({ path }) => path === '/data')?.kind;
    expect(kindOf(join(root, 'bin'))).toBe('directory');
    expect(kindOf(join(root, 'bin/program'))).toBe('file');
  });

  it('says why nothing can be started', () => {
    expect(prepareRequest(request({ argv: [] }))).toEqual({
      kind: 'not-started',
      failure: { kind: 'no-command', message: 'no command specified' },
    });
    expect(prepareRequest(request({ argv: ['/absent'] })).kind).toBe('not-started');
  });
});
