import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { assembleProgram, type Step } from '../launcher/assemble-program.ts';
import { sessionStep } from '../launcher/start-steps.ts';
import { AT_FDCWD, AT_REMOVEDIR } from '../launcher/system-calls.ts';
import type { SandboxMachine } from '../sandbox-machine.ts';

/** What has been killed takes a moment to be gone: it tries again after 5 ms, 10 ms … 2.6 s in all. */
const PAUSES_NS = Array.from({ length: 9 }, (_, index) => 5_000_000n << BigInt(index));
/** Where it hears that morsel is there no more. */
const LIFE_FD = 3;

/**
 * A process that outlives morsel when that is killed, for as long as it takes to remove cgroups, which the kernel, other
 * than processes and mounts, does not end with it. In the normal course it is never more than asleep.
 * @param path where its program is written.
 */
export function startReaper(path: string, machine: SandboxMachine, cgroups: readonly string[]): ChildProcess {
  writeFileSync(path, assembleProgram(machine, reaperSteps(cgroups), { fd: LIFE_FD, firstStep: 0 }), {
    mode: 0o755,
  });
  const child = spawn(path, [], {
    cwd: '/',
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    detached: true,
  });
  child.on('error', () => {}); // without it stale cgroups go at the next start
  child.unref();
  return child;
}

function reaperSteps(cgroups: readonly string[]): readonly Step[] {
  const removal = cgroups.map((path): Step => {
    return { name: path, call: 'unlinkat', args: [AT_FDCWD, path, AT_REMOVEDIR], onError: 'ignore' };
  });
  return [
    sessionStep(),
    { name: 'wait for the end', call: 'recvfrom', args: [LIFE_FD, 0, 0, 0, 0, 0], onError: 'ignore' },
    ...PAUSES_NS.flatMap((pauseNs) => [...removal, pauseStep(pauseNs)]),
    ...removal,
    { name: 'leave', call: 'exit_group', args: [0] },
  ];
}

/** struct timespec of nanosleep(2). */
function pauseStep(pauseNs: bigint): Step {
  const time = Buffer.alloc(16);
  time.writeBigInt64LE(pauseNs / 1_000_000_000n, 0);
  time.writeBigInt64LE(pauseNs % 1_000_000_000n, 8);
  return { name: 'pause', call: 'nanosleep', args: [time, 0], onError: 'ignore' };
}
