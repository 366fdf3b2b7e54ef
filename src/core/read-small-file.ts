import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { MorselError } from './errors.ts';
import { READ_WITHOUT_WAITING } from './open-flags.ts';

const CHUNK_BYTES = 64 * 1024;

/**
 * The whole of a file that is small by its nature, such as a configuration; null where there is none. It is looked at
 * before it is opened, since to open some devices is to use them, and its bound is reached before memory is: /proc and
 * /dev/zero say that they have no bytes. Errors: UNREADABLE (also for what is no regular file), LIMIT_EXCEEDED.
 */
export function readSmallFile(path: string, limitBytes: number): Buffer | null {
  let fd: number;
  try {
    if (!statSync(path).isFile()) throw notAFile(path);
    fd = openSync(path, READ_WITHOUT_WAITING);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw unreadable(path, cause);
  }
  try {
    if (!fstatSync(fd).isFile()) throw notAFile(path);
    return readBounded(fd, path, limitBytes);
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    closeSync(fd);
  }
}

/** The same as UTF-8, for those who go on without: null also for what cannot be read, is no regular file, or is larger. */
export function readTextIfAny(path: string, limitBytes: number): string | null {
  try {
    return readSmallFile(path, limitBytes)?.toString('utf8') ?? null;
  } catch {
    return null;
  }
}

function readBounded(fd: number, path: string, limitBytes: number): Buffer {
  const chunks: Buffer[] = [];
  for (let sizeBytes = 0; ;) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, limitBytes + 1));
    const got = readSync(fd, chunk, 0, chunk.length, null);
    if (got === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, got));
    sizeBytes += got;
    if (sizeBytes > limitBytes) {
      throw new MorselError('LIMIT_EXCEEDED', `${path} is larger than ${limitBytes} bytes`, {
        hint: 'make it smaller: no file of its kind is that large',
      });
    }
  }
}

function unreadable(path: string, cause: unknown): MorselError {
  if (cause instanceof MorselError) return cause;
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  return new MorselError('UNREADABLE', `${path} cannot be read (${code})`, {
    cause,
    hint:
      code === 'ELOOP' ? 'it is a link that leads to itself: remove it' : 'check that you may read this file',
  });
}

function notAFile(path: string): MorselError {
  return new MorselError('UNREADABLE', `${path} is not a regular file`, {
    hint: 'put a file in its place, or remove it',
  });
}
