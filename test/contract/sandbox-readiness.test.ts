import { chmodSync, copyFileSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireTool } from '../reference-tools.ts';
import { compileProgram } from './sandbox-program.ts';
import type { PlannedRun, RunnerOutput, RunOutcome } from './sandbox-runner.ts';
import { COMBINATIONS, type Combination, makeHome, makeSuiteFolder, performRuns } from './sandbox-suite.ts';

/** When a program has become a server, seen from outside: in every driver, as every kind of user. */
let folder = '';
beforeAll(() => {
  requireTool('gcc');
  folder = makeSuiteFolder();
  copyFileSync(compileProgram(folder), join(folder, 'program'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LIMIT_MS = 20_000;
const SILENT_MS = 500;

function planRuns(root: string): Readonly<Record<string, PlannedRun>> {
  const run = (args: readonly string[], readyWithinMs = LIMIT_MS): PlannedRun => ({
    request: {
      root,
      argv: ['/program', ...args],
      env: {},
      cwd: '/',
      uid: 65532,
      gid: 65532,
      readOnlyRoot: true,
      network: 'none',
      mounts: [],
      timeoutMs: 60_000,
      stdio: { kind: 'capture' },
      limits: { processes: 40, memoryBytes: 512 * 1024 * 1024 },
    },
    readyWithinMs,
    kill: 'SIGTERM',
  });
  return {
    tcp4: run(['listen', 'tcp4', '8080']),
    tcp6: run(['listen', 'tcp6', '80']),
    unix: run(['listen', 'unix', '/dev/shm/server.sock']),
    // An absolute link, which leads nowhere on this machine.
    'unix through a link': run(['listen', 'unix', '/link/server.sock']),
    'a name that is long and odd': run(['listen', 'unix', `/dev/shm/${'o'.repeat(90)} \u00e4`]),
    abstract: run(['listen', 'unix', '@server']),
    packets: run(['listen', 'packet', '/dev/shm/packets']),
    late: run(['listen', 'tcp4', '8080', '800']),
    'dies soon after': run(['listen', 'tcp4', '8080', '0', '60']),
    ends: run(['exit', '3']),
    'takes nobody': run(['listen', 'gone', '/dev/shm/gone.sock'], SILENT_MS),
    silent: { ...run(['hang'], SILENT_MS), kill: 'SIGKILL' },
  };
}

describe.each(COMBINATIONS)('readiness in $title', (combination: Combination) => {
  let output: RunnerOutput;
  beforeAll(() => {
    const home = makeHome(folder);
    copyFileSync(join(folder, 'program'), join(home.root, 'program'));
    chmodSync(join(home.root, 'program'), 0o755);
    mkdirSync(join(home.root, 'dev'));
    symlinkSync('/dev/shm', join(home.root, 'link'));
    chmodSync(home.root, 0o755);
    output = performRuns(folder, home, combination, planRuns(home.root));
  }, 120_000);

  const outcome = (name: string): RunOutcome => {
    const found = output.results[name];
    expect(found, name).toMatchObject({ error: null, startFailure: null });
    return found as RunOutcome;
  };

  it.each([
    ['tcp4', { family: 'tcp4', address: '0.0.0.0', port: 8080 }],
    ['tcp6', { family: 'tcp6', address: '::', port: 80 }],
    ['unix', { family: 'unix', path: '/dev/shm/server.sock', type: 'stream' }],
    ['unix through a link', { family: 'unix', path: '/link/server.sock', type: 'stream' }],
    ['abstract', { family: 'unix', path: '@server', type: 'stream' }],
    ['packets', { family: 'unix', path: '/dev/shm/packets', type: 'seqpacket' }],
  ])('is a socket that takes a connection: %s', (name, socket) => {
    expect(outcome(name)).toMatchObject({ readiness: { kind: 'ready', socket }, exitCode: 0 });
  });

  it('is so with a path of any bytes', () => {
    expect(outcome('a name that is long and odd').readiness?.kind).toBe('ready');
  });

  it('waits for a server that sleeps first', () => {
    const { readiness } = outcome('late');
    expect(readiness?.kind).toBe('ready');
    // It began to wait when the program began to run.
    expect(readiness?.kind === 'ready' && readiness.elapsedMs).toBeGreaterThan(500);
  });

  it('is none of a program that ends, before or just after', () => {
    expect(outcome('ends').readiness).toEqual({ kind: 'ended' });
    expect(outcome('dies soon after').readiness).toEqual({ kind: 'ended' });
  });

  it('is none of a program that only lives', () => {
    expect(outcome('silent').readiness).toEqual({ kind: 'silent' });
    expect(outcome('takes nobody').readiness).toEqual({ kind: 'silent' });
  });
});
