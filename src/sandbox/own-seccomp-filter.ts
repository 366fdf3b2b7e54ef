import { seccompFilter } from './seccomp/seccomp-filter.ts';
import { sandboxMachine } from './sandbox-machine.ts';

/** This machine's filter for what has no network, as bwrap's `--seccomp` takes it; null on machines without one. */
export function ownSeccompFilter(): Uint8Array | null {
  const machine = sandboxMachine();
  return machine === null ? null : seccompFilter(machine, 'no-network');
}
