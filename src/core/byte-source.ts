import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';
import { MorselError } from './errors.ts';
import { CHANGING_FILES_HINT, CHECK_PATH_HINT } from './hints.ts';
import { READ_WITHOUT_WAITING } from './open-flags.ts';

/**
 * Random access to bytes that may be large and may lie: a file, a slice of an archive, memory.
 * Reads are synchronous and positional; a 1 GB file costs only what is asked for.
 */
export interface ByteSource {
  /** Where the bytes come from, for messages. */
  readonly name: string;
  readonly sizeBytes: number;
  /** At most `length` bytes from `offset`; fewer at the end, never more, never a throw for a range past the end. */
  read(offset: number, length: number): Buffer;
  close(): void;
}

export interface OpenOptions {
  /** False where `path` has been resolved already: a link that took its place since then is refused. */
  readonly followLink?: boolean | undefined;
  /** The path, where its names are not UTF-8. */
  readonly bytes?: Buffer | undefined;
}

/** Opens a regular file. Errors: NOT_FOUND, UNREADABLE (also for directories, pipes, sockets and devices). */
export function openByteSource(path: string, options: OpenOptions = {}): ByteSource {
  const { followLink = true, bytes = path } = options;
  // Asked before it is opened too: to open a device may already do something (rewind a tape, arm a watchdog).
  refuseSpecialFile(
    path,
    asUnreadable(path, () => (followLink ? statSync(bytes) : lstatSync(bytes))),
  );
  const flags = READ_WITHOUT_WAITING | (followLink ? 0 : constants.O_NOFOLLOW);
  const fd = asUnreadable(path, () => openSync(bytes, flags));
  const stat = fstatSync(fd);
  try {
    refuseSpecialFile(path, stat);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return new FileByteSource(path, fd, stat.size);
}

function refuseSpecialFile(path: string, stat: Stats): void {
  if (stat.isFile()) return;
  const [what, hint] = specialKind(stat);
  throw new MorselError('UNREADABLE', `${path} is ${what}, not a regular file`, { hint });
}

function specialKind(stat: Stats): readonly [what: string, hint: string] {
  if (stat.isDirectory()) return ['a directory', 'give the file in it that is meant'];
  if (stat.isSymbolicLink()) return ['a symbolic link', CHANGING_FILES_HINT];
  if (stat.isFIFO()) return ['a named pipe', 'write what comes out of it into a file first: cat PIPE > FILE'];
  if (stat.isSocket()) return ['a socket', 'give a regular file'];
  return ['a device', 'give a regular file, such as a copy of its first bytes: head -c SIZE DEVICE > FILE'];
}

function asUnreadable<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** What to say of a path at which `cause` came of stat(2), open(2) or read(2). What has no code is a bug, and thrown on. */
export function unreadable(path: string, cause: unknown): MorselError {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === undefined) throw cause;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new MorselError('NOT_FOUND', `${path}: no such file`, { cause, hint: CHECK_PATH_HINT });
  }
  return new MorselError('UNREADABLE', `${path} cannot be read (${code})`, {
    cause,
    hint: HINTS[code] ?? 'check the path, and the disk that it is on',
  });
}

const HINTS: Readonly<Record<string, string>> = {
  EACCES: 'give yourself permission to read it, or run morsel as a user who may',
  EPERM: 'give yourself permission to read it, or run morsel as a user who may',
  ELOOP: 'symbolic links lead to each other: give the path of the file itself',
  ENAMETOOLONG: 'give a shorter path: Linux takes names up to 255 and paths up to 4095 bytes',
  EMFILE: 'too many files are open: raise the limit with ulimit -n',
  ENFILE: 'too many files are open on this machine: try again later',
};

class FileByteSource implements ByteSource {
  readonly name: string;
  readonly sizeBytes: number;
  #fd: number;

  constructor(name: string, fd: number, sizeBytes: number) {
    this.name = name;
    this.sizeBytes = sizeBytes;
    this.#fd = fd;
  }

  read(offset: number, length: number): Buffer {
    const wanted = clampLength(this.sizeBytes, offset, length);
    if (wanted === 0) return Buffer.alloc(0);
    const buffer = Buffer.allocUnsafe(wanted);
    let done = 0;
    // read(2) may return less than asked for, on network and FUSE file systems also before the end.
    while (done < wanted) {
      const got = this.#readInto(buffer, done, offset + done);
      if (got === 0) break;
      done += got;
    }
    return done === wanted ? buffer : buffer.subarray(0, done);
  }

  close(): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
  }

  #readInto(buffer: Buffer, start: number, offset: number): number {
    try {
      return readSync(this.#fd, buffer, start, buffer.length - start, offset);
    } catch (cause) {
      throw unreadable(this.name, cause);
    }
  }
}

/** Bytes that are already in memory. */
export function memoryByteSource(bytes: Uint8Array, name = 'memory'): ByteSource {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    name,
    sizeBytes: buffer.length,
    read: (offset, length) => buffer.subarray(offset, offset + clampLength(buffer.length, offset, length)),
    close: () => {},
  };
}

/** A window on another source, such as a file's content inside a tar archive. Closing it leaves the other open. */
export function sliceByteSource(
  source: ByteSource,
  start: number,
  sizeBytes: number,
  name: string,
): ByteSource {
  const size = clampLength(source.sizeBytes, start, sizeBytes);
  return {
    name,
    sizeBytes: size,
    read: (offset, length) => source.read(start + offset, clampLength(size, offset, length)),
    close: () => {},
  };
}

function clampLength(sizeBytes: number, offset: number, length: number): number {
  if (!(offset >= 0) || !(length > 0) || offset >= sizeBytes) return 0;
  return Math.min(length, sizeBytes - offset);
}
