import { readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

/** Whether nothing is left of it: a cgroup can be removed when its last process is gone. */
export function removeCgroups(name: string): boolean {
  const root = '/sys/fs/cgroup';
  const hierarchies = [root, ...listDirectories(root).map((controller) => join(root, controller))];
  return hierarchies.map((hierarchy) => removeCgroup(join(hierarchy, name))).every(Boolean);
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
