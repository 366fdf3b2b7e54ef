import { launcherMachine } from './launcher/system-calls.ts';
import { seccompFilter } from './seccomp/seccomp-filter.ts';

/** This machine's filter for what has no network, as bwrap's `--seccomp` takes it; null on machines without one. */
export function ownSeccompFilter(): Uint8Array | null {
  const machine = launcherMachine();
  return machine === null ? null : seccompFilter(machine, 'no-network');
}
