import { closeSync, type Dirent, fstatSync, openSync, opendirSync, readSync, statSync } from 'node:fs';
import { MorselError } from '../core/errors.ts';
import { READ_WITHOUT_WAITING } from '../core/open-flags.ts';

/** A lock file is the largest text of a project: one of 3,000 crates has less than 1 MiB. */
export const LOCK_LIMIT_BYTES = 16 * 1024 * 1024;

/** Manifests are read whole, and written by hand. */
export const MANIFEST_LIMIT_BYTES = 1024 * 1024;

/** A folder with more names is no folder of sources. */
const MAX_DIRECTORY_NAMES = 100_000;

/** The text of a regular file; null when there is none at that path. Errors: UNREADABLE, LIMIT_EXCEEDED. */
export function readProjectFile(path: string, limitBytes = MANIFEST_LIMIT_BYTES): string | null {
  let fd: number;
  try {
    // To open some devices is to use them.
    if (!statSync(path).isFile()) return null;
    fd = openSync(path, READ_WITHOUT_WAITING);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return null;
    throw new MorselError('UNREADABLE', `${path} cannot be read (${code ?? String(cause)})`, {
      cause,
      hint: 'allow this user to read it',
    });
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) return null;
    if (stat.size > limitBytes) {
      throw new MorselError(
        'LIMIT_EXCEEDED',
        `${path} has ${stat.size} bytes, and ${limitBytes} are read of it`,
        {
          hint: 'look what it is (ls -l): a project is described in far fewer',
        },
      );
    }
    return readStart(fd, stat.size);
  } finally {
    closeSync(fd);
  }
}

/** At most the first `length` bytes as text; '' when it is no readable file. For scans over many source files. */
export function readFileStart(path: string, length: number): string {
  let fd: number;
  try {
    if (!statSync(path).isFile()) return '';
    fd = openSync(path, READ_WITHOUT_WAITING);
  } catch {
    return '';
  }
  try {
    const stat = fstatSync(fd);
    return stat.isFile() ? readStart(fd, Math.min(length, stat.size)) : '';
  } finally {
    closeSync(fd);
  }
}

function readStart(fd: number, length: number): string {
  const buffer = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const got = readSync(fd, buffer, done, length - done, done);
    if (got === 0) break;
    done += got;
  }
  return buffer.toString('utf8', 0, done);
}

/** A link that leads nowhere, in a circle, or where this user may not look is no file. */
export function isFile(path: string): boolean {
  return kindOf(path) === 'file';
}

export interface DirectoryNames {
  readonly files: readonly string[];
  readonly directories: readonly string[];
  /** FIFOs, sockets, devices, and links that lead to none of a file and a directory. */
  readonly others: readonly string[];
}

/**
 * Names in a directory, sorted, links to files followed; all empty when it cannot be read. One entry that cannot be
 * looked at hides no other. Error: LIMIT_EXCEEDED.
 */
export function directoryNames(path: string): DirectoryNames {
  const files: string[] = [];
  const directories: string[] = [];
  const others: string[] = [];
  let seen = 0;
  for (const entry of entriesOf(path)) {
    if (++seen > MAX_DIRECTORY_NAMES) throw tooManyNames(path);
    if (entry.isDirectory()) directories.push(entry.name);
    else if (entry.isFile()) files.push(entry.name);
    else {
      const kind = entry.isSymbolicLink() ? kindOf(`${path}/${entry.name}`) : 'other';
      if (kind === 'file') files.push(entry.name);
      else if (kind === 'other') others.push(entry.name);
    }
  }
  return { files: files.toSorted(), directories: directories.toSorted(), others: others.toSorted() };
}

function* entriesOf(path: string): Generator<Dirent> {
  let directory;
  try {
    directory = opendirSync(path);
  } catch {
    return;
  }
  try {
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) yield entry;
  } finally {
    directory.closeSync();
  }
}

function kindOf(path: string): 'file' | 'directory' | 'other' {
  try {
    const stat = statSync(path);
    return stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : 'other';
  } catch {
    return 'other';
  }
}

function tooManyNames(path: string): MorselError {
  return new MorselError('LIMIT_EXCEEDED', `${path} holds more than ${MAX_DIRECTORY_NAMES} names`, {
    hint: 'name the source file, the build file or the program itself',
  });
}
