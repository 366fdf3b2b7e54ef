import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { requireInCi } from '../../../test/reference-tools.ts';
import { drops, heeds } from './heeded-signals.ts';

const { SIGTERM, SIGKILL, SIGHUP } = constants.signals;
const isRoot = requireInCi('root, for a namespace of processes', process.getuid?.() === 0);

/** PID 1 of a namespace, when it has said that it is ready; the host's pid of it. */
async function withInit(script: string, use: (pid: number) => void): Promise<void> {
  const words = [
    '--pid',
    '--fork',
    '--kill-child',
    '--',
    'perl',
    '-e',
    `$| = 1; ${script}; print 'x'; sleep 60`,
  ];
  const child = spawn('unshare', words, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    const { readFileSync } = await import('node:fs');
    use(Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim()));
  } finally {
    child.kill('SIGKILL');
  }
}

describe('drops', () => {
  it.skipIf(!isRoot)(
    'knows what the kernel keeps from PID 1: what it neither handles nor waits for',
    async () => {
      await withInit('$SIG{TERM} = sub {}', (pid) => {
        expect([drops(pid, SIGTERM), heeds(pid, SIGTERM)]).toEqual([false, true]);
        expect([drops(pid, SIGHUP), heeds(pid, SIGHUP)]).toEqual([true, false]);
        expect(drops(pid, SIGKILL)).toBe(false);
      });
      const block = 'use POSIX; sigprocmask(SIG_BLOCK, POSIX::SigSet->new(SIGTERM))';
      await withInit(block, (pid) =>
        expect([drops(pid, SIGTERM), drops(pid, SIGHUP)]).toEqual([false, true]),
      );
    },
  );

  it('takes no other process for one that is protected, and nothing for granted', () => {
    expect([drops(process.pid, SIGHUP), drops(2 ** 30, SIGHUP), heeds(2 ** 30, SIGHUP)]).toEqual([
      false,
      false,
      true,
    ]);
  });
});
