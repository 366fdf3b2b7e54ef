import { mkdtempSync, renameSync, rmdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { forgetAtExit, removeAtExit } from '../core/remove-at-exit.ts';
import { removeTree } from '../core/remove-tree.ts';
import { ownedName, removeStaleFolders } from '../core/stale-folders.ts';
import { attempt, writeError } from '../core/write-error.ts';

/**
 * A hidden folder beside the output, on the same file system, so that the winner can be renamed into place and
 * everything else disappears with one removal, whatever happened.
 */
export interface Staging {
  readonly directory: string;
  path(name: string): string;
  /** Moves a finished output to its final path, replacing an older file at once. */
  publish(staged: string, final: string): void;
  remove(): void;
}

/**
 * What killed builds of the same output have left goes first. Errors: WRITE_FAILED, DISK_FULL, NOT_FOUND when the
 * folder of the output is absent.
 */
export function createStaging(output: string): Staging {
  const prefix = stagingPrefix(basename(output));
  removeStaleFolders(dirname(output), (found) => found === prefix);
  const directory = makeDirectory(output, prefix);
  removeAtExit(directory);
  return {
    directory,
    path: (name) => join(directory, name),
    publish,
    remove() {
      forgetAtExit(directory);
      remove(directory);
    },
  };
}

/** NAME_MAX of Linux (limits.h), in bytes; the owner and what mkdtemp(3) adds take fewer than these. */
const NAME_LIMIT_BYTES = 255;
const OWNER_LIMIT_BYTES = 64;

function stagingPrefix(name: string): string {
  const bytes = Buffer.from(name).subarray(0, NAME_LIMIT_BYTES - OWNER_LIMIT_BYTES);
  // Cut within a character, its rest is not UTF-8.
  return `.${bytes.toString('utf8').replace(/\uFFFD$/, '')}.morsel`;
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
