import { mkdirSync, mkdtempSync, renameSync, rmdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { MorselError } from '../../core/errors.ts';
import { forgetAtExit, removeAtExit } from '../../core/remove-at-exit.ts';
import { removeTree } from '../../core/remove-tree.ts';
import { makeTemporaryFolder } from '../../core/temporary-folder.ts';
import { hiddenPrefix, ownedName, removeLeftBehind } from '../../core/left-behind.ts';
import { attempt, writeError } from '../../core/write-error.ts';

/**
 * A hidden folder beside the output, on the same file system, so that the winner can be renamed into place and
 * everything else disappears with one removal, whatever happened.
 */
export interface Staging {
  readonly directory: string;
  path(name: string): string;
  /** A folder in it for images of its own, which goes with it. */
  inside(name: string): Staging;
  /** Moves a finished output to its final path, replacing an older file at once. */
  publish(staged: string, final: string): void;
  remove(): void;
}

/**
 * What killed builds of the same output have left goes first. Errors: WRITE_FAILED, DISK_FULL, NOT_FOUND when the
 * folder of the output is absent.
 */
export function createStaging(output: string): Staging {
  const prefix = hiddenPrefix(basename(output));
  removeLeftBehind(dirname(output), (found) => found === prefix);
  const directory = makeDirectory(output, prefix);
  removeAtExit(directory);
  return stagingIn(directory);
}

/** For images that are only measured. Errors: WRITE_FAILED, DISK_FULL. */
export function createTemporaryStaging(kind: string): Staging {
  return stagingIn(makeTemporaryFolder(kind));
}

function stagingIn(directory: string): Staging {
  return {
    directory,
    path: (name) => join(directory, name),
    publish,
    inside(name) {
      const folder = join(directory, name);
      attempt(folder, () => mkdirSync(folder));
      return { ...stagingIn(folder), remove: () => remove(folder) };
    },
    remove() {
      forgetAtExit(directory);
      remove(directory);
    },
  };
}

/** Empty when all went well, and then nothing has to be walked through. */
function remove(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    removeTree(directory);
  }
}

function makeDirectory(output: string, prefix: string): string {
  const parent = dirname(output);
  try {
    return mkdtempSync(join(parent, ownedName(prefix)));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new MorselError('NOT_FOUND', `${parent} is not a directory`, {
        cause,
        hint: 'create it, or choose another -o',
      });
    }
    throw writeError(parent, cause);
  }
}

/** rename(2) replaces a file at once, and never a directory that has entries: whatever is in it stays the user's. */
function publish(staged: string, final: string): void {
  attempt(final, () => renameSync(staged, final));
}
