import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ByteSource } from '../core/byte-source.ts';
import { randomName } from '../core/random-name.ts';
import { attempt } from '../core/write-error.ts';

/**
 * A temporary file without a name: removed as soon as it is open, so that nothing is left behind however the process
 * ends. Appended to, then read at random. Errors: DISK_FULL, WRITE_FAILED.
 */
export class SpoolFile {
  sizeBytes = 0;
  readonly #name: string;
  readonly #path: string;
  #fd: number;

  /** `name` is what the content is, for messages. */
  constructor(name: string) {
    this.#name = name;
    this.#path = join(tmpdir(), `morsel-${randomName()}.spool`);
    this.#fd = attempt(this.#path, () => openSync(this.#path, 'wx+', 0o600));
    rmSync(this.#path, { force: true });
  }

  append(bytes: Uint8Array): void {
    attempt(`a temporary file in ${tmpdir()}`, () => {
      let done = 0;
      while (done < bytes.length)
        done += writeSync(this.#fd, bytes, done, bytes.length - done, this.sizeBytes + done);
    });
    this.sizeBytes += bytes.length;
  }

  /** Everything written so far; closing it closes the spool. */
  source(): ByteSource {
    const sizeBytes = this.sizeBytes;
    return {
      name: this.#name,
      sizeBytes,
      read: (offset, length) => this.#read(offset, Math.max(0, Math.min(length, sizeBytes - offset))),
      close: () => this.close(),
    };
  }

  close(): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
  }

  #read(offset: number, length: number): Buffer {
    if (!(length > 0)) return Buffer.alloc(0);
    const buffer = Buffer.allocUnsafe(length);
    let done = 0;
    while (done < length) {
      const got = readSync(this.#fd, buffer, done, length - done, offset + done);
      if (got === 0) break;
      done += got;
    }
    return buffer.subarray(0, done);
  }
}
