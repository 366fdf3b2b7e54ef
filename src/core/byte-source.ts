import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { MorselError } from './errors.ts';

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

/** Opens a regular file. Errors: NOT_FOUND, UNREADABLE (also for directories and devices). */
export function openByteSource(path: string): ByteSource {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (cause) {
    throw unreadable(path, cause);
  }
  const stat = fstatSync(fd);
  if (!stat.isFile()) {
    closeSync(fd);
    throw new MorselError('UNREADABLE', `${path} is not a regular file`);
  }
  return new FileByteSource(path, fd, stat.size);
}

function unreadable(path: string, cause: unknown): MorselError {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new MorselError('NOT_FOUND', `${path}: no such file`, { cause, hint: 'check the path' });
  }
  return new MorselError('UNREADABLE', `${path} cannot be read (${code ?? String(cause)})`, { cause });
}

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
    let done = readSync(this.#fd, buffer, 0, wanted, offset);
    // read(2) may return less than asked for, on network and FUSE file systems also before the end.
    while (done < wanted) {
      const got = readSync(this.#fd, buffer, done, wanted - done, offset + done);
      if (got === 0) break;
      done += got;
    }
    return done === wanted ? buffer : buffer.subarray(0, done);
  }

  close(): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
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
