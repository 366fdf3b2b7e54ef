import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path/posix';
import { TEMPORARY_DIRECTORIES } from '../core/temporary-directories.ts';
import { Turns } from '../core/turns.ts';
import { namesIn } from './names-in.ts';

/** Looked at in one root; what a job has beyond that is not compared. */
const FILES_LIMIT = 10_000;
const BYTES_LIMIT = 512 * 1024 * 1024;
const PIECE_BYTES = 256 * 1024;

/**
 * The regular files that a program has left in the directories for temporary files of its root, where jobs write that have
 * no other place, each with a digest of its content, in the order of their paths. Nothing runs in the root any more; links
 * in it are not followed. null where there are more than are compared. Error: INTERRUPTED.
 */
export async function digestWritten(
  root: string,
  signal?: AbortSignal,
  filesLimit = FILES_LIMIT,
): Promise<ReadonlyMap<string, string> | null> {
  const turns = new Turns(signal, 'looking at what a program wrote');
  const files: string[] = [];
  const pending = TEMPORARY_DIRECTORIES.filter((path) => isReachedByDirectories(root, path));
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    await turns.take();
    if (!isDirectory(join(root, path))) files.push(path);
    else
      for (const name of namesIn(join(root, path))) {
        if (files.length + pending.length >= filesLimit) return null;
        pending.push(`${path}/${name}`);
      }
  }
  return digestsOf(root, files.sort(), turns);
}

/** A link on the way, which the program may have made, would lead out of the root. */
function isReachedByDirectories(root: string, path: string): boolean {
  const names = path.split('/').slice(1);
  return names.every((_, index) => isDirectory(join(root, ...names.slice(0, index + 1))));
}

async function digestsOf(
  root: string,
  files: readonly string[],
  turns: Turns,
): Promise<ReadonlyMap<string, string> | null> {
  const digests = new Map<string, string>();
  let leftBytes = BYTES_LIMIT;
  for (const path of files) {
    const fd = openRegular(join(root, path));
    if (fd === null) continue;
    try {
      leftBytes -= fstatSync(fd).size;
      if (leftBytes < 0) return null;
      digests.set(path, await digestOf(fd, turns));
    } finally {
      closeSync(fd);
    }
  }
  return digests;
}

async function digestOf(fd: number, turns: Turns): Promise<string> {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  for (let length = readSync(fd, piece); length > 0; length = readSync(fd, piece)) {
    hash.update(piece.subarray(0, length));
    await turns.take();
  }
  return hash.digest('hex');
}

/** null for all else that has a name: opening a pipe would wait, a device do something. */
function openRegular(path: string): number | null {
  try {
    if (!lstatSync(path).isFile()) return null;
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return null;
  }
}

/** A program may have made a path that is longer than PATH_MAX, which is none that can be looked at. */
function isDirectory(path: string): boolean {
  try {
    return lstatSync(path).isDirectory();
  } catch {
    return false;
  }
}
