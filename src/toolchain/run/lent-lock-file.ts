import { constants, copyFileSync, lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { removeTree } from '../../core/remove-tree.ts';
import type { CompilePlan } from '../plan.ts';
import { cannotWrite, makeDirectory } from './work-lock.ts';

/**
 * Runs a build whose tool writes a lock file into the sources, and leaves none there: the one of the last build is lent
 * for the time of this one, so that the same versions are taken again, and what came of it is kept in the work folder. A
 * lock file that is there already is the user's own and stays as it is. Errors: those of `work`, WRITE_FAILED, DISK_FULL.
 */
export async function withLentLockFile<T>({ lockFile }: CompilePlan, work: () => Promise<T>): Promise<T> {
  if (lockFile === undefined || kindOf(lockFile.path) !== 'none') return work();
  const { path, kept } = lockFile;
  try {
    copyFile(kept, path);
    return await work();
  } finally {
    try {
      copyFile(path, kept);
    } finally {
      removeTree(path);
    }
  }
}

/** Nothing but a regular file is copied: the code of the project may have put a link there. */
function copyFile(from: string, to: string): void {
  if (kindOf(from) !== 'file') return;
  makeDirectory(dirname(to));
  try {
    // Not written through what a build has put there, a link for one.
    removeTree(to);
    copyFileSync(from, to, constants.COPYFILE_EXCL);
  } catch (cause) {
    throw cannotWrite(to, cause);
  }
}

function kindOf(path: string): 'file' | 'other' | 'none' {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat === undefined ? 'none' : stat.isFile() ? 'file' : 'other';
}
