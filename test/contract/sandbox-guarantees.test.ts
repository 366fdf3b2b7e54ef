import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readlinkSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  GUARANTEES,
  type Guarantee,
  hiddenProcPaths,
  hiddenSysPaths,
} from '../../src/sandbox/description.ts';
import { requireTool } from '../reference-tools.ts';
import { compileAttacks } from './sandbox-attacks.ts';
import type { PlannedRun, RunnerOutput } from './sandbox-runner.ts';
import { COMBINATIONS, type Combination, makeHome, makeSuiteFolder, performRuns } from './sandbox-suite.ts';
import { giveTo } from './sandbox-users.ts';

/**
 * Each of GUARANTEES, tried from inside by a program that attacks it, in every driver, as every kind of user, as root
 * and as nobody of the image. A guarantee without a check here does not compile.
 */
let folder = '';
beforeAll(() => {
  requireTool('gcc');
  folder = makeSuiteFolder();
  compileAttacks(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MEMORY_LIMIT_MIB = 512;
const HIDDEN = [...hiddenProcPaths(), ...hiddenSysPaths()];

function planAttacks(root: string, victim: string): Readonly<Record<string, PlannedRun>> {
  const run = (
    id: number,
    args: readonly string[],
    more: Partial<PlannedRun['request']> = {},
  ): PlannedRun => ({
    request: {
      root,
      argv: ['/attacks', ...args],
      env: {},
      cwd: '/',
      uid: id,
      gid: id,
      readOnlyRoot: true,
      network: 'none',
      mounts: [],
      timeoutMs: 60_000,
      stdio: { kind: 'capture' },
      limits: { processes: 40, memoryBytes: MEMORY_LIMIT_MIB * 1024 * 1024 },
      ...more,
    },
  });
  const words = { walk: [], content: HIDDEN, calls: [], families: [], namespaces: [], sizes: [], memory: [] };
  const tried = Object.entries(words).flatMap(([what, args]) => [
    [`${what} as root`, run(0, [what, ...args])] as const,
    [`${what} as nobody`, run(65532, [what, ...args])] as const,
  ]);
  const swap = { cwd: '/w/leaf', readOnlyRoot: false };
  return Object.fromEntries([
    ...tried,
    ['swap as root', run(0, ['swap', victim], swap)],
    ['swap as nobody', run(65532, ['swap', victim], swap)],
    ['families with a network', run(65532, ['families'], { network: 'host' })],
  ]);
}

interface Suite {
  readonly output: RunnerOutput;
  readonly before: string;
  readonly after: string;
}

function attack(combination: Combination): Suite {
  const home = makeHome(folder);
  const victim = join(home.path, 'victim');
  mkdirSync(victim);
  for (const name of ['hosts', 'hostname', 'resolv.conf']) writeFileSync(join(victim, name), '');
  mkdirSync(join(victim, 'leaf'));
  for (const name of ['etc', 'out', 'bin']) mkdirSync(join(home.root, name));
  copyFileSync(join(folder, 'attacks'), join(home.root, 'attacks'));
  chmodSync(join(home.root, 'attacks'), 0o755);
  chmodSync(home.root, 0o777);
  utimesSync(victim, 1, 1);
  giveTo(combination.user, home.path);
  const state = (): string =>
    execFileSync('find', [home.root, victim, '-printf', '%p %m %u %g %s %T@ %l\\n'], { encoding: 'utf8' });
  const before = state();
  const output = performRuns(folder, home, combination, planAttacks(home.root, victim));
  return { output, before, after: state() };
}

describe.each(COMBINATIONS)('$title', (combination) => {
  let suite: Suite;
  beforeAll(() => {
    suite = attack(combination);
  }, 300_000);

  const lines = (name: string): readonly string[] => {
    const found = suite.output.results[name];
    expect(found, name).toMatchObject({ error: null, startFailure: null });
    return (found?.stdout ?? '').split('\n').filter((line) => line !== '');
  };
  const both = (what: string, check: (seen: readonly string[], as: string) => void): void => {
    for (const as of ['root', 'nobody']) check(lines(`${what} as ${as}`), as);
  };

  const checks: Readonly<Record<Guarantee, () => void>> = {
    root: () => {
      // It could do what it wanted, and nothing of it came out: neither in the unpacked image nor through its links.
      expect(lines('swap as root')).toContain('wrote');
      expect(lines('swap as nobody')).toContain('wrote');
      expect(suite.after).toBe(suite.before);
    },
    namespaces: () =>
      both('namespaces', (seen) => {
        const own = (name: string): string => `${name} ${readlinkSync(`/proc/self/ns/${name}`)}`;
        const names = ['mnt', 'pid', 'net', 'ipc', 'uts', 'cgroup'];
        expect(seen).toHaveLength(names.length);
        expect(seen.filter((line) => names.map(own).includes(line) || line.endsWith('unknown'))).toEqual([]);
      }),
    proc: () => {
      both('walk', (seen) => expect(seen).toEqual(['walked']));
      both('content', (seen) => {
        expect(seen).toHaveLength(HIDDEN.length);
        expect(seen.filter((line) => line.endsWith('seen'))).toEqual([]);
      });
    },
    devices: () => both('calls', (seen) => expect(seen).toContain('mknod EPERM')),
    keyring: () =>
      both('calls', (seen) =>
        expect(seen).toEqual(expect.arrayContaining(['keyctl EPERM', 'add_key EPERM', 'request_key EPERM'])),
      ),
    seccomp: () => both('calls', (seen) => expect(seen.filter((line) => !REFUSED.test(line))).toEqual([])),
    families: () => {
      both('families', (seen) => expect(seen).toEqual(['family 1', 'family 2', 'family 10', 'family 16']));
      const open = lines('families with a network');
      expect(open).toEqual(expect.arrayContaining(['family 1', 'family 2', 'family 10', 'family 16']));
      expect(open).not.toContain('family 40');
    },
    privileges: () =>
      both('calls', (seen) => expect(seen).toEqual(expect.arrayContaining(['mount EPERM', 'chroot EPERM']))),
    sizes: () => {
      both('sizes', (seen) => {
        expect(seen).toContain('filled /dev/shm 64');
        expect(seen.find((line) => line.startsWith('/ '))).toBe(
          `/ ${MEMORY_LIMIT_MIB / 2} MiB 1048576 inodes`,
        );
      });
      both('sizes', (seen) => expect(Number(seen.at(-1)?.split(' ').at(-1))).toBeLessThanOrEqual(64));
    },
  };

  it.each(Object.keys(GUARANTEES) as Guarantee[])('gives what it says: %s', (guarantee) =>
    checks[guarantee](),
  );

  it('holds a program to its memory, and says by what', () => {
    for (const as of ['root', 'nobody']) {
      const run = suite.output.results[`memory as ${as}`];
      expect(run?.error).toBeNull();
      expect(run?.stdout).toContain('256 MiB');
      expect(run?.stdout).not.toContain(`${MEMORY_LIMIT_MIB + 64} MiB`);
    }
    const isRoot = combination.user.uid === 0;
    const words = isRoot ? 'limited by a cgroup' : 'limited by rlimits';
    expect(suite.output.isolation.filter((line) => line.includes(words))).toHaveLength(1);
  });
});

/**
 * EPERM of the filter or for want of a capability; ENOSYS where this kernel does not have the call at all; EINVAL for an
 * id that is not mapped.
 */
const REFUSED = /^(.* (EPERM|ENOSYS)|setuid EINVAL)$/;
