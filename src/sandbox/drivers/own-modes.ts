import type { Mode } from '../container/container-plan.ts';
import type { Identity } from '../prepare/identity.ts';

/** Of the drivers that make no cgroup: in one of morsel's own where this user can have it, which only root can. */
export function ownModes(identities: readonly Identity[]): readonly Mode[] {
  const isRoot = process.getuid?.() === 0;
  const limits = isRoot ? (['cgroup', 'rlimits'] as const) : (['rlimits'] as const);
  return limits.flatMap((limitedBy) =>
    identities.map((identity) => ({ identity, limitedBy, cgroupMounts: 'host' as const })),
  );
}
