import { readdirSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path/posix';
import { parseOwner, stateOf } from '../../core/process-owner.ts';
import { waitUntilGone } from '../wait-until-gone.ts';
import { cgroupHierarchies } from './hierarchies.ts';

const CGROUP_ROOT = '/sys/fs/cgroup';
/** Between making a cgroup and putting the first process in, which may be happening now. */
const STALE_AFTER_MS = 10_000;

/** Where runc and crun make a cgroup of this name, which a run that was killed leaves behind. */
export function runtimeCgroups(name: string): readonly string[] {
  return hierarchies().map((hierarchy) => join(hierarchy, name));
}

/** Removes the cgroups of one run; a cgroup can be removed when its last process is gone. */
export async function removeCgroups(cgroups: readonly string[]): Promise<void> {
  await waitUntilGone(() => cgroups.map(removeCgroup).every(Boolean));
}

/**
 * Takes away the empty cgroups of a morsel that was killed and could not: what else it had, the kernel has ended. Only
 * names of a process that is gone are looked at, and a cgroup with a process in it cannot be removed.
 */
export function removeStaleCgroups(): void {
  const parents = new Set([...hierarchies(), ...cgroupHierarchies().flatMap((one) => one.parents)]);
  for (const parent of parents) {
    for (const name of listDirectories(parent)) {
      const owner = parseOwner(/^morsel-container-(.+)-[A-Za-z0-9]{6}$/.exec(name)?.[1] ?? '');
      if (owner === null || stateOf(owner) !== 'dead') continue;
      const path = join(parent, name);
      if (Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) > STALE_AFTER_MS)
        removeCgroup(path);
    }
  }
}

/** Where controllers may be mounted: each in a folder (v1), or all in one (v2). */
function hierarchies(): readonly string[] {
  return [CGROUP_ROOT, ...listDirectories(CGROUP_ROOT).map((controller) => join(CGROUP_ROOT, controller))];
}

function removeCgroup(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EBUSY';
  }
}

function listDirectories(path: string): readonly string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}
