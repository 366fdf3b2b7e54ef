import { removeTree } from './remove-tree.ts';

/** A second Ctrl-C ends the process in the middle of everything. One listener for all: Node warns of more than ten. */
const present = new Set<string>();

/** From now on `path` is removed when the process ends by itself; SIGKILL is what `removeLeftBehind` is for. */
export function removeAtExit(path: string): void {
  if (present.size === 0) process.on('exit', removePresent);
  present.add(path);
}

/** Whoever made it removes it now. */
export function forgetAtExit(path: string): void {
  present.delete(path);
  if (present.size === 0) process.off('exit', removePresent);
}

function removePresent(): void {
  for (const path of present) {
    try {
      removeTree(path);
    } catch {
      // the others are still to go, and there is nobody left to tell
    }
  }
}
