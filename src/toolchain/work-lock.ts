import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MorselError } from '../core/errors.ts';
import { makeDirectories } from '../core/make-directories.ts';
import { writeError } from '../core/write-error.ts';

const POLL_MS = 100;
const CACHE_HINT = 'choose another place for the cache with XDG_CACHE_HOME';

/**
 * Two builds of one project, rung and profile would write into each other's objects: the second one waits. The lock of
 * a process that is gone is taken over. Errors: INTERRUPTED, WRITE_FAILED.
 */
export async function withWorkLock<T>(
  workDirectory: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  makeDirectory(workDirectory);
  const lock = join(workDirectory, 'lock');
  while (!tryLock(lock)) {
    if (signal?.aborted === true) throw new MorselError('INTERRUPTED', `interrupted: waiting for ${lock}`);
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** The name appears with its content at once (link(2)), so that nobody reads a lock without an owner. */
function tryLock(lock: string): boolean {
  const own = `${lock}.${process.pid}`;
  try {
    writeFileSync(own, ownerOf(process.pid) ?? '');
    linkSync(own, lock);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cannotWrite(lock, cause);
  } finally {
    rmSync(own, { force: true });
  }
  if (!isHeld(lock)) rmSync(lock, { force: true });
  return false;
}

function isHeld(lock: string): boolean {
  try {
    const owner = readFileSync(lock, 'utf8');
    return owner !== '' && owner === ownerOf(Number(owner.split(' ', 1)[0]));
  } catch {
    return false;
  }
}

/** A process by its id and start time: ids are used again, and in containers morsel has the same one each time. */
function ownerOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // proc(5): starttime is field 22; the command name, field 2, may hold spaces and ends with the last ')'.
    const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    return `${pid} ${startTime}`;
  } catch {
    return null;
  }
}

/** Makes a folder of the cache and its parents. Errors: WRITE_FAILED, DISK_FULL. */
export function makeDirectory(path: string): void {
  makeDirectories(path, { hint: CACHE_HINT });
}

/** About a path of the cache. */
export function cannotWrite(path: string, cause: unknown): MorselError {
  return writeError(path, cause, CACHE_HINT);
}
