import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { MorselError } from './errors.ts';

/** Written aside, synced, then renamed: a reader sees the old file or the new one. Errors: DISK_FULL, WRITE_FAILED. */
export function writeFileAtomically(path: string, content: string | Uint8Array, mode = 0o644): void {
  try {
    refuseOtherThanFile(path);
    writeAside(path, content, mode);
  } catch (cause) {
    if (cause instanceof MorselError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new MorselError(
      code === 'ENOSPC' ? 'DISK_FULL' : 'WRITE_FAILED',
      `${path} cannot be written (${code})`,
      { cause },
    );
  }
}

/** rename(2) would put a file in the place of /dev/stdout. */
function refuseOtherThanFile(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === false)
    throw new MorselError('WRITE_FAILED', `${path} is not a regular file`, {
      hint: 'choose another place with -o',
    });
}

function writeAside(path: string, content: string | Uint8Array, mode: number): void {
  const aside = `${path}.morsel-${process.pid}`;
  const fd = openSync(aside, 'w', mode);
  try {
    try {
      writeFileSync(fd, content);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}
