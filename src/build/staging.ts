import { mkdtempSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { MorselError } from '../core/errors.ts';

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

/** Errors: WRITE_FAILED, NOT_FOUND when the folder of the output is absent. */
export function createStaging(output: string): Staging {
  const directory = makeDirectory(output);
  if (present.size === 0) process.on('exit', removePresent);
  present.add(directory);
  return {
    directory,
    path: (name) => join(directory, name),
    publish,
    remove() {
      present.delete(directory);
      if (present.size === 0) process.off('exit', removePresent);
      remove(directory);
    },
  };
}

/** A second Ctrl-C ends the process in the middle of everything. One listener for all: Node warns of more than ten. */
const present = new Set<string>();

function removePresent(): void {
  for (const directory of present) remove(directory);
}

/** Empty when all went well: to load the walk through a tree for that takes longer than a small build's writing. */
function remove(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    rmSync(directory, { recursive: true, force: true });
  }
}

function makeDirectory(output: string): string {
  try {
    return mkdtempSync(join(dirname(output), `.${basename(output)}.morsel-`));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new MorselError('NOT_FOUND', `${dirname(output)} is not a directory`, {
        cause,
        hint: 'create it, or choose another -o',
      });
    }
    if (code === 'ENOSPC')
      throw new MorselError('DISK_FULL', `no space left in ${dirname(output)}`, { cause });
    throw new MorselError(
      'WRITE_FAILED',
      `${dirname(output)} cannot be written to (${code ?? String(cause)})`,
      {
        cause,
        hint: 'choose another place with -o',
      },
    );
  }
}

/** rename(2) replaces a file at once, and never a directory that has entries: whatever is in it stays the user's. */
function publish(staged: string, final: string): void {
  try {
    renameSync(staged, final);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new MorselError('WRITE_FAILED', `${final} cannot be written (${code ?? String(cause)})`, {
      cause,
      hint: 'choose another place with -o',
    });
  }
}
