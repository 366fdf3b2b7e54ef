import { chmodSync, mkdtempSync, realpathSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { MorselError } from './errors.ts';
import { forgetAtExit, removeAtExit } from './remove-at-exit.ts';
import { removeTree } from './remove-tree.ts';
import { ownedName, removeLeftBehind } from './left-behind.ts';
import { writeError } from './write-error.ts';

const HINT = 'set TMPDIR to a folder that exists, that you may write to, and that has space';
const PRIVATE = 0o700;

let isSwept = false;

/**
 * A new folder for this process alone (0700), by its absolute real path, in TMPDIR; `kind` is one word that says what
 * for. It goes with `removeTemporaryFolder`, at the process's own end, or when the next morsel finds that its process
 * was killed. Errors: WRITE_FAILED, DISK_FULL.
 */
export function makeTemporaryFolder(kind: string): string {
  const parent = temporaryDirectory();
  if (!isSwept) removeLeftBehind(parent, (prefix) => /^morsel-[a-z]+$/.test(prefix));
  isSwept = true;
  try {
    const folder = mkdtempSync(join(parent, ownedName(`morsel-${kind}`)));
    removeAtExit(folder);
    // mkdtemp(3) has heeded the umask, which may forbid even the owner.
    chmodSync(folder, PRIVATE);
    return folder;
  } catch (cause) {
    throw writeError(`the folder for temporary files, ${parent},`, cause, HINT);
  }
}

/** Removes it with all that is in it, which may be hostile; once more is harmless. Error: WRITE_FAILED. */
export function removeTemporaryFolder(folder: string): void {
  forgetAtExit(folder);
  removeTree(folder);
}

/** The real path of TMPDIR. Error: WRITE_FAILED. */
export function temporaryDirectory(): string {
  // Loaded here: the staging of a build that needs no such folder comes by this file too.
  const named = process.getBuiltinModule('node:os').tmpdir();
  if (!isAbsolute(named)) {
    throw new MorselError('WRITE_FAILED', `the folder for temporary files, "${named}", is not absolute`, {
      hint: HINT,
    });
  }
  try {
    return realpathSync(named);
  } catch (cause) {
    throw writeError(`the folder for temporary files, ${named},`, cause, HINT);
  }
}
