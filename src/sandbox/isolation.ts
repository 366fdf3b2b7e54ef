import type { Mode } from './container/container-plan.ts';
import { GUARANTEES } from './description.ts';
import { IDENTITY_NOTE } from './prepare/identity.ts';

const LIMITED_BY: Readonly<Record<Mode['limitedBy'], string>> = {
  cgroup: 'processes and memory limited by a cgroup',
  runtime: 'processes and memory limited by a cgroup',
  rlimits: 'processes of the user and memory of each process limited by rlimits',
};

/** What lies between a program and this machine, in words, for the receipt. */
export function isolationOf(mode: Mode): readonly string[] {
  return [...Object.values(GUARANTEES), ...particularsOf(mode)];
}

/** The part of it that depends on the user and the machine. */
export function particularsOf(mode: Mode): readonly string[] {
  const limits = isUnlimited(mode) ? [] : [LIMITED_BY[mode.limitedBy]];
  return [IDENTITY_NOTE[mode.identity], ...limits, ...lacksOf(mode)];
}

/** What this mode cannot give, which a sandbox should. */
export function lacksOf(mode: Mode): readonly string[] {
  if (!isUnlimited(mode)) return [];
  return [
    'no cgroup can be made here, so that the processes of user 0 and the memory of all are not limited',
  ];
}

/** RLIMIT_NPROC does not hold for real root, in whatever user namespace (kernel/fork.c, INIT_USER). */
function isUnlimited(mode: Mode): boolean {
  return mode.limitedBy === 'rlimits' && process.getuid?.() === 0;
}
