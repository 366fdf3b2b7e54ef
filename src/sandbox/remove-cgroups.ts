import { readdirSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const CGROUP_ROOT = '/sys/fs/cgroup';
/** Between making a cgroup and putting the first process in, which may be happening now. */
const STALE_AFTER_MS = 10_000;

/** A name for a run's folder and its cgroup, which says whose it is: `morsel-run-PID-`. */
export const RUN_PREFIX = `morsel-run-${process.pid}-`;

/** Whether nothing is left of it: a cgroup can be removed when its last process is gone. */
export function removeCgroups(name: string): boolean {
  return hierarchies()
    .map((hierarchy) => removeCgroup(join(hierarchy, name)))
    .every(Boolean);
}

/**
 * Takes away the empty cgroups of a morsel that was killed and could not: what else it had, the kernel has ended. Only
 * names with the number of a process that is gone are looked at, and a cgroup with a process in it cannot be removed.
 */
export function removeStaleCgroups(): void {
  for (const hierarchy of hierarchies()) {
    for (const name of listDirectories(hierarchy)) {
      const pid = /^morsel-run-([0-9]+)-/.exec(name)?.[1];
      if (pid === undefined || isRunning(Number(pid))) continue;
      const path = join(hierarchy, name);
      if (Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) > STALE_AFTER_MS)
        removeCgroup(path);
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
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
