import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { assembleProgram, type Step } from '../launcher/assemble-program.ts';
import { sessionStep } from '../launcher/start-steps.ts';
import { AT_FDCWD, AT_REMOVEDIR, type LauncherMachine } from '../launcher/system-calls.ts';

/** How often, and how long between, it tries: what has been killed takes a moment to be gone. */
const TRIES = 40;
const PAUSE_NS = 50_000_000n;
/** Where it hears that morsel is there no more. */
const LIFE_FD = 3;

/**
 * A process that outlives morsel when that is killed, for as long as it takes to remove cgroups, which the kernel, other
 * than processes and mounts, does not end with it. In the normal course it is never more than asleep.
 * @param path where its program is written.
 */
export function startReaper(
  path: string,
  machine: LauncherMachine,
  cgroups: readonly string[],
): ChildProcess {
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
  const pause = Buffer.alloc(16);
  pause.writeBigInt64LE(PAUSE_NS, 8);
  const removal = cgroups.map((path): Step => {
    return { name: path, call: 'unlinkat', args: [AT_FDCWD, path, AT_REMOVEDIR], onError: 'ignore' };
  });
  const wait: Step = { name: 'pause', call: 'nanosleep', args: [pause, 0], onError: 'ignore' };
  return [
    sessionStep(),
    { name: 'wait for the end', call: 'recvfrom', args: [LIFE_FD, 0, 0, 0, 0, 0], onError: 'ignore' },
    ...Array.from({ length: TRIES }, () => [...removal, wait]).flat(),
    { name: 'leave', call: 'exit_group', args: [0] },
  ];
}
