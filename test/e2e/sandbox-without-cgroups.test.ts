import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { CLI } from '../built-cli.ts';
import { compileProgram } from '../contract/sandbox-program.ts';
import { hasTool, requireInCi } from '../reference-tools.ts';
import { CaseFolder } from './case-folder.ts';

/** A machine on which root can make no cgroup: hierarchies are taken away in a mount namespace of the test's own. */
const isRoot = requireInCi('root, for a mount namespace', process.getuid?.() === 0);
const place = new CaseFolder();
beforeEach(() => place.next());
afterAll(() => place.remove());

const WITHOUT_CGROUPS =
  'while grep -q " /sys/fs/cgroup" /proc/mounts; do umount -R /sys/fs/cgroup || umount -l /sys/fs/cgroup; done; ';
/** The runtimes that mount hierarchies of their own: a device in the place of each. */
const WITHOUT_RUNTIMES =
  'for tool in runc crun; do path=$(command -v $tool) && mount --bind /dev/null "$path"; done; ';

function morsel(
  prepare: string,
  args: readonly string[],
): { readonly status: number | null; readonly stderr: string } {
  const words = ['-m', 'sh', '-c', `${prepare}exec "$@"`, 'sh', process.execPath, CLI, ...args];
  const done = spawnSync('unshare', words, { env: place.environment(), encoding: 'utf8' });
  return { status: done.status, stderr: done.stderr };
}

function imageOf(): string {
  const image = join(place.output, 'image.tar');
  const program = compileProgram(place.work);
  const done = morsel('', ['build', program, '-o', image, '--no-prove', '-q']);
  expect(done.status, done.stderr).toBe(0);
  return image;
}

const LACK = /processes of user 0 and the memory of all are not limited/;

describe.skipIf(!isRoot)('a machine without cgroups', () => {
  it.skipIf(!hasTool('bwrap'))('has no sandbox by itself where no runtime makes them, and says why', () => {
    const receipt = join(place.output, 'receipt.json');
    const proven = morsel(WITHOUT_CGROUPS + WITHOUT_RUNTIMES, ['prove', imageOf(), '-o', receipt]);
    const { status, reason } = JSON.parse(readFileSync(receipt, 'utf8')) as {
      status: string;
      reason: string;
    };
    expect(status, proven.stderr).toBe('skipped');
    expect(reason).toMatch(/^no sandbox works here: .*bwrap works, but /);
    expect(reason).toMatch(LACK);
  });

  it.skipIf(!hasTool('bwrap'))('uses the one that is asked for, with a warning in the receipt', () => {
    const receipt = join(place.output, 'receipt.json');
    const args = ['prove', imageOf(), '-o', receipt, '--sandbox', 'bwrap'];
    const proven = morsel(WITHOUT_CGROUPS, args);
    expect(proven.status, proven.stderr).toBe(0);
    const { isolation, findings } = JSON.parse(readFileSync(receipt, 'utf8')) as {
      isolation: readonly string[];
      findings: readonly { level: string; message: string }[];
    };
    expect(isolation.filter((line) => LACK.test(line))).toHaveLength(1);
    expect(isolation.join()).not.toContain('limited by a cgroup');
    expect(findings).toContainEqual({ level: 'warning', message: expect.stringMatching(LACK) as string });
  });

  it.skipIf(!hasTool('runc'))('is limited by what runc mounts for itself', () => {
    const receipt = join(place.output, 'receipt.json');
    const proven = morsel(WITHOUT_CGROUPS, ['prove', imageOf(), '-o', receipt]);
    expect(proven.status, proven.stderr).toBe(0);
    const { sandbox, isolation } = JSON.parse(readFileSync(receipt, 'utf8')) as {
      sandbox: string;
      isolation: readonly string[];
    };
    expect(sandbox).toBe('runc');
    expect(isolation.join()).toContain('limited by a cgroup');
  });
});
