import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { MorselError } from '../core/errors.ts';

/** Manifests and lock files are read whole; a Cargo.lock of 3,000 crates has less than 1 MiB. */
const TEXT_LIMIT_BYTES = 16 * 1024 * 1024;

/** The text of a regular file; null when there is none at that path. Errors: UNREADABLE, LIMIT_EXCEEDED. */
export function readProjectFile(path: string): string | null {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return null;
    throw new MorselError('UNREADABLE', `${path} cannot be read (${code ?? String(cause)})`, { cause });
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) return null;
    if (stat.size > TEXT_LIMIT_BYTES) {
      throw new MorselError('LIMIT_EXCEEDED', `${path} has ${stat.size} bytes, which no such file has`);
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
    fd = openSync(path, 'r');
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

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

export interface DirectoryNames {
  readonly files: readonly string[];
  readonly directories: readonly string[];
}

/** Names in a directory, sorted, links followed; both empty when it cannot be read. */
export function directoryNames(path: string): DirectoryNames {
  const files: string[] = [];
  const directories: string[] = [];
  try {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const isLink = entry.isSymbolicLink();
      if (entry.isFile() || (isLink && isFile(`${path}/${entry.name}`))) files.push(entry.name);
      else if (entry.isDirectory()) directories.push(entry.name);
    }
  } catch {
    return { files: [], directories: [] };
  }
  return { files: files.toSorted(), directories: directories.toSorted() };
}
