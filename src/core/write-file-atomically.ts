import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { hiddenPrefix, removeLeftBehind } from './left-behind.ts';
import { temporaryPathBeside } from './output-file.ts';
import { outputFilePlace } from './output-place.ts';
import { attempt } from './write-error.ts';

/**
 * Written aside, synced, then renamed: a reader sees the old file or the new one. Of a link the target is replaced.
 * Errors: DISK_FULL, WRITE_FAILED (also for what is no regular file).
 */
export function writeFileAtomically(path: string, content: string | Uint8Array, mode = 0o644): void {
  const place = outputFilePlace(path);
  const prefix = hiddenPrefix(basename(place));
  removeLeftBehind(dirname(place), (found) => found === prefix);
  const aside = temporaryPathBeside(place);
  attempt(path, () => {
    try {
      writeSynced(aside, content, mode);
      renameSync(aside, place);
    } catch (error) {
      rmSync(aside, { force: true });
      throw error;
    }
  });
}

/** A new file: what somebody has put there under the same name, a link for one, is not written to. */
export function writeSynced(path: string, content: string | Uint8Array, mode: number): void {
  const fd = openSync(path, 'wx', mode);
  try {
    writeFileSync(fd, content);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
