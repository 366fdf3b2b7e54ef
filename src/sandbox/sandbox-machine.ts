import { MorselError } from '../core/errors.ts';
import { hostMachine, type MachineName } from '../core/machines.ts';

/** The machines that programs can be run on: for each there is a launcher and a filter of system calls. */
const SANDBOX_MACHINES = ['x86_64', 'aarch64'] as const satisfies readonly MachineName[];
export type SandboxMachine = (typeof SANDBOX_MACHINES)[number];

/** The machine of this process, or null where nothing can be run. */
export function sandboxMachine(): SandboxMachine | null {
  const host = hostMachine();
  return SANDBOX_MACHINES.find((machine) => machine === host) ?? null;
}

/** The same, where nothing can be done without. Error: SANDBOX_MISSING. */
export function requireMachine(): SandboxMachine {
  const machine = sandboxMachine();
  if (machine !== null) return machine;
  throw new MorselError(
    'SANDBOX_MISSING',
    `morsel can run programs on x86-64 and arm64 only, not on ${process.arch}`,
    { hint: 'prove the image on such a machine, or build with --no-prove' },
  );
}
