import { mkdirSync, rmdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isDirectory } from './stat-path.ts';
import { writeError } from './write-error.ts';

export interface MakeDirectoriesOptions {
  /** Of those that are made; default 0777 without the umask. */
  readonly mode?: number | undefined;
  /** What to do where it cannot be; default: another `-o`. */
  readonly hint?: string | undefined;
}

/**
 * `mkdir -p`; answers what it has made, outermost first; all or nothing. Node's own recursive mkdir does not end where a
 * file system answers ENOENT to mkdir itself, as /proc does. Errors: WRITE_FAILED, DISK_FULL.
 */
export function makeDirectories(path: string, options: MakeDirectoriesOptions = {}): readonly string[] {
  const made: string[] = [];
  try {
    for (const directory of absentOf(resolve(path)))
      if (makeDirectory(directory, options.mode)) made.push(directory);
  } catch (error) {
    for (const directory of made.reverse()) removeIfEmpty(directory);
    throw writeError(path, error, options.hint);
  }
  return made;
}

/** Outermost first. */
function absentOf(path: string): readonly string[] {
  const absent: string[] = [];
  for (let at = path; statSync(at, { throwIfNoEntry: false }) === undefined; at = dirname(at))
    absent.push(at);
  return absent.reverse();
}

/** Another build may make the same one at the same time. */
function makeDirectory(path: string, mode: number | undefined): boolean {
  try {
    mkdirSync(path, { mode });
    return true;
  } catch (error) {
    if (isDirectory(path)) return false;
    throw error;
  }
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Another build has put something into it.
  }
}
