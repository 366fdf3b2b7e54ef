import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireTool } from '../reference-tools.ts';
import { compileProgram } from './sandbox-program.ts';
import type { PlannedRun, RunnerOutput, RunOutcome } from './sandbox-runner.ts';
import { COMBINATIONS, type Combination, makeHome, makeSuiteFolder, performRuns } from './sandbox-suite.ts';
import { giveTo, type TestUser } from './sandbox-users.ts';

/**
 * Setuid bits and file capabilities of an image, in every driver, as every kind of user: they hold as under docker, for
 * the program and for what it executes, or the result says that they did not.
 */
let folder = '';
beforeAll(() => {
  requireTool('gcc');
  folder = makeSuiteFolder();
  copyFileSync(compileProgram(folder), join(folder, 'program'));
  chmodSync(join(folder, 'program'), 0o755);
  copyFileSync(join(folder, 'program'), join(folder, 'host-setuid'));
  chmodSync(join(folder, 'host-setuid'), 0o4755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** struct vfs_cap_data, revision 2 with the effective bit: CAP_NET_RAW (13) permitted. */
const NET_RAW = '0100000200200000000000000000000000000000';

/** Not below the user's home, which is given to the user once more: chown(2) takes the bits away. */
function makeRoot(user: TestUser): string {
  const root = mkdtempSync(join(folder, 'root-'));
  const put = (name: string): void => copyFileSync(join(folder, 'program'), join(root, name));
  for (const name of ['program', 'capable', 'setuid', 'theirs']) put(name);
  writeFileSync(join(root, 'script'), '#!/capable secure\n');
  giveTo(user, root);
  for (const name of ['program', 'capable', 'script']) chmodSync(join(root, name), 0o755);
  for (const name of ['setuid', 'theirs']) chmodSync(join(root, name), 0o4755);
  chmodSync(root, 0o755);
  return root;
}

function planRuns(root: string): Readonly<Record<string, PlannedRun>> {
  const run = (
    argv: readonly string[],
    more: Partial<PlannedRun> = {},
    mounts: PlannedRun['request']['mounts'] = [],
    groups: readonly number[] = [],
  ): PlannedRun => ({
    request: {
      root,
      argv,
      env: {},
      cwd: '/',
      uid: 65532,
      gid: 65532,
      readOnlyRoot: true,
      network: 'none',
      mounts,
      groups,
      timeoutMs: 60_000,
      stdio: { kind: 'capture' },
      limits: { processes: 40, memoryBytes: 512 * 1024 * 1024 },
    },
    ...more,
  });
  const capabilities = { '/capable': NET_RAW };
  const setIds = { '/setuid': { uid: 0, gid: 0 }, '/theirs': { uid: 1000, gid: 1000 } };
  const mounts = [{ source: join(folder, 'host-setuid'), target: '/mounted', readOnly: true }];
  return {
    plain: run(['/program', 'secure']),
    capable: run(['/capable', 'secure'], { capabilities }),
    setuid: run(['/setuid', 'secure'], { setIds }),
    script: run(['/script'], { capabilities }),
    'capable child': run(['/program', 'exec', '/capable', 'secure'], { capabilities }),
    'setuid child': run(['/program', 'exec', '/setuid', 'secure'], { setIds }),
    "another's": run(['/theirs', 'secure'], { setIds }),
    mounted: run(['/mounted', 'secure'], {}, mounts),
    bounding: run(['/capable', 'cat', '/proc/self/status'], { capabilities }),
    'low port': run(['/program', 'bind', '80']),
    groups: run(['/program', 'groups'], {}, [], [65532, 1300, 7]),
    ping: run(['/program', 'ping']),
  };
}

describe.each(COMBINATIONS)('privileges of files in $title', ({ user, sandbox }: Combination) => {
  let output: RunnerOutput;
  const gains = sandbox === 'runc' || sandbox === 'crun';
  const isRoot = user.uid === 0;
  const refused = 'had no effect: only runc and crun can allow that';
  beforeAll(() => {
    const home = makeHome(folder);
    output = performRuns(folder, home, { user, sandbox, title: '' }, planRuns(makeRoot(user)));
  }, 120_000);

  const outcome = (name: string): RunOutcome => {
    const found = output.results[name];
    expect(found, name).toMatchObject({ error: null, startFailure: null, exitCode: 0 });
    return found as RunOutcome;
  };

  it('are none of a plain program', () => {
    const { stdout, notes, unfaithful, lifted } = outcome('plain');
    expect(stdout).toBe('secure=0 euid=65532 egid=65532\n');
    expect({ notes, unfaithful, lifted }).toEqual({ notes: [], unfaithful: [], lifted: [] });
  });

  it.each([
    ['capable', 'file capabilities', '/capable'],
    ['setuid', 'setuid or setgid bit', '/setuid'],
    ['script', 'file capabilities', '/capable'],
  ])('hold as under docker, or the result is unfaithful: %s', (name, what, path) => {
    const { stdout, notes, unfaithful } = outcome(name);
    const euid = name === 'setuid' && gains ? 0 : 65532;
    expect(stdout).toBe(`secure=${gains ? 1 : 0} euid=${euid} egid=65532\n`);
    const words = `the ${what} of ${path} ${gains ? 'held, as under docker' : refused}`;
    expect(notes[0]).toBe(words);
    expect(unfaithful).toEqual(gains ? [] : [words]);
  });

  it('hold for what a program executes, too', () => {
    expect(outcome('capable child').stdout).toBe(`secure=${gains ? 1 : 0} euid=65532 egid=65532\n`);
    expect(outcome('setuid child').stdout).toBe(
      `secure=${gains ? 1 : 0} euid=${gains ? 0 : 65532} egid=65532\n`,
    );
    const effect = gains ? 'hold, as under docker' : 'have no effect';
    expect(outcome('capable child')).toMatchObject({
      notes: [`setuid bits and capabilities of other files ${effect}: /capable`],
      unfaithful: [],
      lifted: gains ? ['no capabilities, no new privileges'] : [],
    });
  });

  it("are unfaithful where another's file is root's, as an ordinary user's are", () => {
    const made = 'made it root, not 1000:1000: owners of files can be set by root only';
    const expected = gains
      ? isRoot
        ? []
        : [`the setuid or setgid bit of /theirs ${made}`]
      : [`the setuid or setgid bit of /theirs ${refused}`];
    expect(outcome("another's").unfaithful).toEqual(expected);
  });

  it("of the machine's own files hold for real root only", () => {
    const { stdout, unfaithful } = outcome('mounted');
    const holds = gains && isRoot;
    expect(stdout).toBe(`secure=${holds ? 1 : 0} euid=${holds ? 0 : 65532} egid=65532\n`);
    expect(unfaithful).toHaveLength(holds ? 0 : 1);
  });

  it('and its groups: as they were asked for, or the result is unfaithful', () => {
    const { stdout, unfaithful } = outcome('groups');
    if (user.label === 'a user without subordinate ids') {
      const words = 'the groups 1300, 7 of the user were not given: that takes root or subordinate ids';
      expect(unfaithful).toEqual([words]);
    } else expect({ stdout, unfaithful }).toEqual({ stdout: '7 1300 65532\n', unfaithful: [] });
  });

  it('are bounded as docker bounds them', () => {
    if (!gains) return;
    const { stdout } = outcome('bounding');
    // docker's default set, a80425fb, without CAP_MKNOD.
    expect(stdout).toContain('CapBnd:\t00000000a00425fb\n');
    expect(stdout).toContain('CapPrm:\t0000000000002000\n');
  });

  it('are not needed for low ports and pings', () => {
    expect(outcome('low port').stdout).toBe('bound\n');
    expect(outcome('ping').stdout).toBe('ready to ping\n');
  });
});
