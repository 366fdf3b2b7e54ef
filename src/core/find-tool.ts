import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';

/** Where a system's own tools are, also for users whose PATH lacks the sbin folders. */
const SYSTEM_DIRECTORIES = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The PATH that the system's tools are started with: this process's own, then the system's. */
export function toolPath(): string {
  return toolDirectories().join(':');
}

function toolDirectories(): readonly string[] {
  return [...new Set([...absoluteDirectories(process.env['PATH'] ?? ''), ...SYSTEM_DIRECTORIES])];
}

/** The folders of a PATH but for relative ones: a tool from the current folder is a trap. */
export function absoluteDirectories(path: string): readonly string[] {
  return path.split(':').filter((directory) => directory.startsWith('/'));
}

/** The absolute path of a program of this machine, or null. @param directories by default those of the system's tools. */
export function findTool(name: string, directories = toolDirectories()): string | null {
  for (const directory of directories) {
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
