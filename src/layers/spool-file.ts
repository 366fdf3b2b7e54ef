import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ByteSource } from '../core/byte-source.ts';
import { randomName } from '../core/random-name.ts';
import { temporaryDirectory } from '../core/temporary-folder.ts';
import { attempt } from '../core/write-error.ts';

/** What is gathered before it is written: an image has hundreds of thousands of files of some hundred bytes. */
const GATHERED_BYTES = 256 * 1024;
const HINT = 'set TMPDIR to a folder on a disk that has more space';

/**
 * A temporary file without a name: removed as soon as it is open, so that nothing is left behind however the process
 * ends. Appended to, then read at random. Errors: DISK_FULL, WRITE_FAILED.
 */
export class SpoolFile {
  readonly #name: string;
  readonly #path: string;
  readonly #gathered = Buffer.allocUnsafe(GATHERED_BYTES);
  #gatheredBytes = 0;
  #writtenBytes = 0;
  #fd: number;

  /** `name` is what the content is, for messages. */
  constructor(name: string, folder = temporaryDirectory()) {
    this.#name = name;
    this.#path = join(folder, `morsel-${randomName()}.spool`);
    this.#fd = attempt(this.#path, () => openSync(this.#path, 'wx+', 0o600), HINT);
    rmSync(this.#path, { force: true });
  }

  get sizeBytes(): number {
    return this.#writtenBytes + this.#gatheredBytes;
  }

  append(bytes: Uint8Array): void {
    if (this.#gatheredBytes + bytes.length > GATHERED_BYTES) this.#flush();
    if (bytes.length > GATHERED_BYTES) return this.#write(bytes);
    this.#gathered.set(bytes, this.#gatheredBytes);
    this.#gatheredBytes += bytes.length;
  }

  /** Answers where it begins. */
  async appendAll(content: AsyncIterable<Uint8Array>): Promise<number> {
    const start = this.sizeBytes;
    for await (const chunk of content) this.append(chunk);
    return start;
  }

  /** Everything written so far; closing it closes the spool. */
  source(): ByteSource {
    this.#flush();
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

  #flush(): void {
    this.#write(this.#gathered.subarray(0, this.#gatheredBytes));
    this.#gatheredBytes = 0;
  }

  #write(bytes: Uint8Array): void {
    const write = (): void => {
      let done = 0;
      while (done < bytes.length)
        done += writeSync(this.#fd, bytes, done, bytes.length - done, this.#writtenBytes + done);
    };
    attempt(`a temporary file in ${dirname(this.#path)}`, write, HINT);
    this.#writtenBytes += bytes.length;
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
