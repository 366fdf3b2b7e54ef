import { linkSync, rmSync } from 'node:fs';
import { MorselError } from './errors.ts';
import { temporaryPathBeside } from './output-file.ts';
import { writeSynced } from './write-file-atomically.ts';
import { writeError } from './write-error.ts';

/**
 * A file that appears complete at a name that nothing has, or not at all: what is there, a link to nowhere for one, stays as
 * it is. Errors: USAGE where something is there; DISK_FULL, WRITE_FAILED.
 */
export function writeNewFile(path: string, content: string, hint: string): void {
  const aside = temporaryPathBeside(path);
  try {
    writeSynced(aside, content, 0o644);
    // Unlike rename(2), link(2) replaces nothing.
    linkSync(aside, path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST')
      throw new MorselError('USAGE', `${path} is there already, and is not replaced`, { cause, hint });
    if (!isWithoutLinks(code)) throw writeError(path, cause);
    writeWhereNoLinks(path, content, hint);
  } finally {
    rmSync(aside, { force: true });
  }
}

/** FAT, and some file systems of networks. */
const isWithoutLinks = (code: string | undefined): boolean =>
  code === 'EPERM' || code === 'ENOTSUP' || code === 'EOPNOTSUPP' || code === 'ENOSYS';

function writeWhereNoLinks(path: string, content: string, hint: string): void {
  try {
    writeSynced(path, content, 0o644);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw writeError(path, cause);
    throw new MorselError('USAGE', `${path} is there already, and is not replaced`, { cause, hint });
  }
}
