import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path/posix';
import type { Limits } from '../launcher/privilege-steps.ts';
import { cgroupHierarchies, type Controller, type Hierarchy } from './hierarchies.ts';

/** The files in which a controller's limit is written, by version: Documentation/admin-guide/cgroup-v1 and cgroup-v2. */
const LIMIT_FILES: Readonly<Record<1 | 2, Readonly<Record<Controller, string>>>> = {
  1: { pids: 'pids.max', memory: 'memory.limit_in_bytes' },
  2: { pids: 'pids.max', memory: 'memory.max' },
};

/**
 * Makes a cgroup of this name in each hierarchy that limits processes or memory. Answers the directories, which a
 * process joins by its number in their `cgroup.procs`; null where one of the limits cannot be had.
 */
export function makeCgroups(name: string, limits: Limits): readonly string[] | null {
  const hierarchies = cgroupHierarchies();
  const controllers = hierarchies.flatMap((one) => one.controllers);
  if (!controllers.includes('pids') || !controllers.includes('memory')) return null;
  const made: string[] = [];
  for (const hierarchy of hierarchies) {
    const directory = makeIn(hierarchy, name, limits);
    if (directory === null) {
      made.forEach((one) => rmdirSync(one));
      return null;
    }
    made.push(directory);
  }
  return made;
}

function makeIn(hierarchy: Hierarchy, name: string, limits: Limits): string | null {
  for (const parent of hierarchy.parents) {
    const directory = join(parent, name);
    try {
      if (hierarchy.version === 2) handControllersOn(parent, hierarchy.controllers);
      mkdirSync(directory);
    } catch {
      continue;
    }
    try {
      setLimits(directory, hierarchy, limits);
      return directory;
    } catch {
      rmdirSync(directory);
    }
  }
  return null;
}

/** EBUSY where processes are in it, other than in the root cgroup. */
function handControllersOn(parent: string, controllers: readonly Controller[]): void {
  const file = join(parent, 'cgroup.subtree_control');
  const enabled = readFileSync(file, 'utf8').split(/\s+/);
  const lacking = controllers.filter((controller) => !enabled.includes(controller));
  if (lacking.length > 0) writeFileSync(file, lacking.map((controller) => `+${controller}`).join(' '));
}

function setLimits(directory: string, { version, controllers }: Hierarchy, limits: Limits): void {
  const values: Readonly<Record<Controller, number>> = { pids: limits.processes, memory: limits.memoryBytes };
  for (const controller of controllers) {
    const value = values[controller];
    if (Number.isFinite(value))
      writeFileSync(join(directory, LIMIT_FILES[version][controller]), String(value));
  }
}
