import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { MorselError } from './errors.ts';

/** Written aside, synced, then renamed: a reader sees the old file or the new one. Errors: DISK_FULL, WRITE_FAILED. */
export function writeFileAtomically(path: string, text: string): void {
  const aside = `${path}.morsel-${process.pid}`;
  try {
    const fd = openSync(aside, 'w', 0o644);
    try {
      writeSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(aside, path);
  } catch (cause) {
    rmSync(aside, { force: true });
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new MorselError(
      code === 'ENOSPC' ? 'DISK_FULL' : 'WRITE_FAILED',
      `${path} cannot be written (${code})`,
      { cause },
    );
  }
}
