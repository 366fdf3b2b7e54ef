import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { MorselError } from './errors.ts';

/** Written aside, synced, then renamed: a reader sees the old file or the new one. Errors: DISK_FULL, WRITE_FAILED. */
export function writeFileAtomically(path: string, text: string): void {
  // rename(2) would put a file in the place of /dev/stdout.
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === false)
    throw new MorselError('WRITE_FAILED', `${path} is not a regular file`, {
      hint: 'choose another place with -o',
    });
  const aside = `${path}.morsel-${process.pid}`;
  try {
    const fd = openSync(aside, 'w', 0o644);
    try {
      writeFileSync(fd, text);
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
