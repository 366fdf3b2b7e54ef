import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectedNothing } from '../left-behind.ts';
import { hasTool, requireTool } from '../reference-tools.ts';
import { compileProgram } from './sandbox-program.ts';
import type { PlannedRun, RunnerOutput, RunOutcome } from './sandbox-runner.ts';
import {
  COMBINATIONS,
  type Combination,
  type Home,
  makeHome,
  makeSuiteFolder,
  performRuns,
} from './sandbox-suite.ts';

/**
 * The machine's own directories, read-only, in a root that has nothing else: in every driver, as every kind of user.
 * Some of them are mounts with mounts below, and files of the run lie over files of theirs.
 */
const hasCrossCompiler = hasTool('aarch64-linux-gnu-gcc') && hasTool('qemu-aarch64-static');
let folder = '';
beforeAll(() => {
  requireTool('gcc');
  folder = makeSuiteFolder();
  copyFileSync(compileProgram(folder), join(folder, 'program'));
  if (hasCrossCompiler) copyFileSync(compileProgram(folder, 'aarch64-linux-gnu-gcc'), join(folder, 'arm'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A root with nothing but the places, and the folder of the program to be mounted at /opt. */
function makeSkeleton({ root, path }: Home): void {
  for (const name of ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'])
    symlinkSync(`usr/${name}`, join(root, name));
  for (const name of ['etc', 'usr', 'opt', 'tmp', 'proc', 'dev', 'sys', 'var']) mkdirSync(join(root, name));
  chmodSync(root, 0o755);
  mkdirSync(join(path, 'own'));
  for (const name of ['program', ...(hasCrossCompiler ? ['arm'] : [])]) {
    copyFileSync(join(folder, name), join(path, 'own', name));
    chmodSync(join(path, 'own', name), 0o755);
  }
  writeFileSync(join(path, 'passwd'), 'somebody:x:65532:65532::/nowhere:/bin/sh\n');
  writeFileSync(join(path, 'group'), 'some:x:65532:\n');
}

function planRuns({ root, path }: Home): Readonly<Record<string, PlannedRun>> {
  const mount = (source: string, target: string): PlannedRun['request']['mounts'][number] => ({
    source,
    target,
    readOnly: true,
  });
  const run = (argv: readonly string[], more: Partial<PlannedRun['request']> = {}): PlannedRun => ({
    request: {
      root,
      argv,
      env: { PATH: '/usr/bin:/bin' },
      cwd: '/',
      uid: 65532,
      gid: 65532,
      readOnlyRoot: true,
      network: 'none',
      hostname: 'box',
      mounts: [
        mount('/usr', '/usr'),
        mount('/etc', '/etc'),
        mount(join(path, 'passwd'), '/etc/passwd'),
        mount(join(path, 'group'), '/etc/group'),
        mount(join(path, 'own'), '/opt'),
      ],
      timeoutMs: 60_000,
      stdio: { kind: 'capture' },
      limits: { processes: 40, memoryBytes: 512 * 1024 * 1024 },
      ...more,
    },
  });
  return {
    'by its path': run(['/bin/cat', '/etc/os-release']),
    'by its name': run(['sh', '-c', 'id -un; id -gn; echo $HOME']),
    'files of the run': run(['cat', '/etc/hosts', '/etc/resolv.conf']),
    'files of the machine': run(
      ['sh', '-c', 'ls -d /home /root /run /srv /mnt /var/*; cat /etc/hostname'],
      {},
    ),
    writes: run(['sh', '-c', 'for one in /x /usr/x /etc/x /etc/passwd /opt/x; do echo >$one; done']),
    absent: run(['/usr/bin/absent']),
    'gains nothing': run(['/opt/program', 'cat', '/proc/self/status']),
    'of another machine': run([hasCrossCompiler ? '/opt/arm' : '/opt/program', 'who']),
    observed: run(['/bin/cat', '/etc/os-release'], { observe: { traceFile: join(path, 'trace') } }),
  };
}

describe.each(COMBINATIONS)('the machine as a root in $title', (combination: Combination) => {
  let home: Home;
  let output: RunnerOutput;
  beforeAll(() => {
    home = makeHome(folder);
    makeSkeleton(home);
    output = performRuns(folder, home, combination, planRuns(home));
  }, 120_000);

  const outcome = (name: string): RunOutcome => {
    const found = output.results[name];
    if (found === undefined) throw new Error(`no run called ${name}`);
    return found;
  };
  const ran = { exitCode: 0, error: null, startFailure: null };

  it('has its programs, by path and by name, as the user that lies over it', () => {
    const release = readFileSync('/etc/os-release', 'utf8');
    expect(outcome('by its path')).toMatchObject({ ...ran, stdout: release });
    expect(outcome('by its name')).toMatchObject({ ...ran, stdout: 'somebody\nsome\n/nowhere\n' });
    expect(outcome('absent').startFailure).toMatchObject({ kind: 'exec', errno: 'ENOENT' });
  });

  it("has the run's own hosts and name servers, and nothing of the machine that was not mounted", () => {
    expect(outcome('files of the run').stdout).toMatch(/^127\.0\.0\.1\tlocalhost\n[^]*\tbox\n# no network/);
    expect(outcome('files of the machine').stdout).toBe('box\n');
  });

  it('cannot be written to', () => {
    const { stderr } = outcome('writes');
    expect(stderr.split('\n').filter((line) => line.includes('Read-only file system'))).toHaveLength(5);
  });

  it('gives no rights', () => {
    expect(outcome('gains nothing').stdout).toContain('NoNewPrivs:\t1');
  });

  it.skipIf(!hasCrossCompiler)('emulates a program of another machine there', () => {
    expect(outcome('of another machine')).toMatchObject({
      ...ran,
      notes: ['aarch64 emulated by qemu-aarch64-static'],
    });
  });

  it.skipIf(!hasTool('strace'))('can be observed', () => {
    expect(outcome('observed')).toMatchObject(ran);
    expect(readFileSync(join(home.path, 'trace'), 'utf8')).toMatch(/"\/etc\/os-release", O_RDONLY/);
  });

  it('leaves nothing behind', async () => {
    expect(await expectedNothing(home.path)).toEqual({ processes: [], mounts: [] });
  });
});
