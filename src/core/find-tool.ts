import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';

/** Where a system's own tools are, also for users whose PATH lacks the sbin folders. */
const SYSTEM_DIRECTORIES = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The PATH that the system's tools are started with: this process's own, then the system's. */
export function toolPath(): string {
  const own = (process.env['PATH'] ?? '').split(':').filter((directory) => directory.startsWith('/'));
  return [...new Set([...own, ...SYSTEM_DIRECTORIES])].join(':');
}

/** The absolute path of a program of this machine, or null. */
export function findTool(name: string): string | null {
  for (const directory of toolPath().split(':')) {
    const path = join(directory, name);
    if (isExecutableFile(path)) return path;
  }
  return null;
}

export function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
