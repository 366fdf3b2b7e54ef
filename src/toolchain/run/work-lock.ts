import { linkSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MorselError } from '../../core/errors.ts';
import { makeDirectories } from '../../core/make-directories.ts';
import { formatOwner, parseOwner, stateOf, thisOwner } from '../../core/process-owner.ts';
import { readSmallFile } from '../../core/read-small-file.ts';
import { removeTree } from '../../core/remove-tree.ts';
import { writeError } from '../../core/write-error.ts';

const POLL_MS = 100;
/** The holder of a lock touches it as often: in another container that is its only sign of life. */
const TOUCH_MS = 5_000;
/** A lock of another container that nobody has touched for so long, by the clock of who waits, is taken over. */
const FOREIGN_PATIENCE_MS = 60_000;
const LOCK_LIMIT_BYTES = 1024;
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
  const watch = new LockWatch(lock);
  while (!tryLock(lock)) {
    if (signal?.aborted === true) {
      throw new MorselError('INTERRUPTED', `interrupted: waiting for ${lock}`, {
        hint: 'another build of the same project is at work: start this one again when that is done',
      });
    }
    if (watch.isLeft()) takeAway(lock);
    else await sleep(POLL_MS);
  }
  const touching = setInterval(() => touch(lock), TOUCH_MS).unref();
  try {
    return await work();
  } finally {
    clearInterval(touching);
    rmSync(lock, { force: true });
  }
}

/** Does something while nobody builds in a folder; false, and nothing is done, where somebody does. */
export function withFreeWorkLock(workDirectory: string, work: () => void): boolean {
  const lock = join(workDirectory, 'lock');
  if (lockState(lock) === 'dead') takeAway(lock);
  if (!tryLock(lock)) return false;
  try {
    work();
    return true;
  } finally {
    rmSync(lock, { force: true });
  }
}

/** The name appears with its content at once (link(2)), so that nobody reads a lock without an owner. */
function tryLock(lock: string): boolean {
  const own = ownName(lock);
  try {
    writeFileSync(own, formatOwner(thisOwner()));
    linkSync(own, lock);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cannotWrite(lock, cause);
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

function ownName(lock: string): string {
  return `${lock}.${formatOwner(thisOwner())}`;
}

/** What is seen of somebody else's lock while waiting for it. */
class LockWatch {
  readonly #lock: string;
  #seen = '';
  #since = 0n;

  constructor(lock: string) {
    this.#lock = lock;
  }

  /** Whether its process has gone without it. */
  isLeft(): boolean {
    const state = lockState(this.#lock);
    return state === 'foreign' ? this.#isUntouched() : state === 'dead';
  }

  #isUntouched(): boolean {
    const seen = String(statSync(this.#lock, { throwIfNoEntry: false })?.mtimeMs);
    // Monotonic: a clock that is set meanwhile takes nobody's lock away.
    const now = process.hrtime.bigint();
    if (seen !== this.#seen) this.#since = now;
    this.#seen = seen;
    return now - this.#since > BigInt(FOREIGN_PATIENCE_MS) * 1_000_000n;
  }
}

/** `dead` also for what is no lock of this kind; `alive` where it has just gone. */
function lockState(lock: string): 'alive' | 'dead' | 'foreign' {
  try {
    const bytes = readSmallFile(lock, LOCK_LIMIT_BYTES);
    if (bytes === null) return 'alive';
    const owner = parseOwner(bytes.toString('latin1'));
    return owner === null ? 'dead' : stateOf(owner);
  } catch {
    return 'dead';
  }
}

/** Two that wait may both have seen it: who has renamed another one than the one that was left, puts it back. */
function takeAway(lock: string): void {
  const taken = `${ownName(lock)}.taken`;
  try {
    renameSync(lock, taken);
    if (lockState(taken) === 'alive') linkSync(taken, lock);
  } catch {
    // Somebody else was faster.
  } finally {
    removeTree(taken);
  }
}

function touch(lock: string): void {
  try {
    utimesSync(lock, new Date(), new Date());
  } catch {
    // The folder has been removed by hand.
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
