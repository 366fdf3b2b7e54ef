import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fstatSync,
  futimesSync,
  lutimesSync,
  openSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { Turns } from '../../core/turns.ts';
import { MAX_SOURCE_BYTES, type SourceEntry } from './list-sources.ts';
import { cannotWrite, makeDirectory } from './work-lock.ts';

/** A larger file is copied by another thread, so that signals are heard meanwhile. */
const LARGE_FILE_BYTES = 16 * 1024 * 1024;

/**
 * Copies listed sources into an empty folder, with their times: make and automake compare them. Links stay links and
 * are not followed; a relative one that leads out of the tree is written as an absolute one, as it would lead elsewhere
 * from here. Answers the paths that could not be read and were left out. Errors: WRITE_FAILED, DISK_FULL, INTERRUPTED.
 */
export async function copySources(
  from: string,
  to: string,
  entries: readonly SourceEntry[],
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const turns = new Turns(signal, `copying ${from}`);
  const unreadable: string[] = [];
  makeDirectory(to);
  for (const entry of entries) {
    await turns.take();
    const target = join(to, entry.path);
    if (entry.kind === 'directory') makeDirectory(target);
    else if (entry.kind === 'symlink') copyLink(from, target, entry);
    else if (!(await copyFileOf(join(from, entry.path), target, entry))) unreadable.push(entry.path);
  }
  return unreadable;
}

function copyLink(from: string, to: string, entry: SourceEntry): void {
  writing(to, () => {
    const path = join(from, entry.path);
    const target = readlinkSync(path);
    symlinkSync(leadsOut(entry.path, target) ? join(dirname(path), target) : target, to);
    lutimesSync(to, entry.modifiedMs / 1000, entry.modifiedMs / 1000);
  });
}

function leadsOut(path: string, target: string): boolean {
  return !isAbsolute(target) && normalize(join(dirname(path), target)).split('/', 1)[0] === '..';
}

async function copyFileOf(from: string, to: string, entry: SourceEntry): Promise<boolean> {
  const source = openSource(from);
  if (source === null) return false;
  try {
    const path = `/proc/self/fd/${source.fd}`;
    if (source.sizeBytes < LARGE_FILE_BYTES)
      writing(to, () => copyFileSync(path, to, constants.COPYFILE_FICLONE));
    else
      await copyFile(path, to, constants.COPYFILE_FICLONE).catch((cause: unknown) => {
        throw cannotWrite(to, cause);
      });
  } finally {
    closeSync(source.fd);
  }
  writing(to, () => finishCopy(to, entry));
  return true;
}

/** Without blocking, and looked at: what was a file when it was listed may be a FIFO by now. */
function openSource(path: string): { readonly fd: number; readonly sizeBytes: number } | null {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch {
    return null;
  }
  const stat = fstatSync(fd);
  if (stat.isFile() && stat.size <= MAX_SOURCE_BYTES) return { fd, sizeBytes: stat.size };
  closeSync(fd);
  return null;
}

/** Builds write over sources; and neither the umask nor a read-only checkout may show in what they make. */
function finishCopy(path: string, entry: SourceEntry): void {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    fchmodSync(fd, (entry.mode & 0o111) === 0 ? 0o644 : 0o755);
    futimesSync(fd, entry.modifiedMs / 1000, entry.modifiedMs / 1000);
  } finally {
    closeSync(fd);
  }
}

function writing(path: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}
