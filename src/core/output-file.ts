import { closeSync, fsync, fsyncSync, ftruncateSync, openSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { hiddenPrefix, ownedName } from './left-behind.ts';
import { randomName } from './random-name.ts';
import { writeAll } from './write-all.ts';
import { attempt, writeError } from './write-error.ts';

const syncFile = promisify(fsync);
/** Below this a sync is over sooner than libuv's threads are started for it; beyond, the loop must stay free. */
const SYNC_AT_ONCE_BYTES = 4 * 1024 * 1024;

/** A name beside `path`, on the same file system, that nobody else has, that `ls` hides, and that says whose it is. */
export function temporaryPathBeside(path: string): string {
  return join(dirname(path), `${ownedName(hiddenPrefix(basename(path)))}${randomName()}`);
}

/**
 * A file that appears at its place complete or not at all: written beside it under a temporary name, synced, renamed.
 * Errors: DISK_FULL, WRITE_FAILED.
 */
export class OutputFile {
  readonly #path: string;
  readonly #temporary: string;
  #fd: number;
  #end = 0;

  constructor(path: string) {
    this.#path = path;
    this.#temporary = temporaryPathBeside(path);
    this.#fd = attempt(path, () => openSync(this.#temporary, 'wx', 0o666));
  }

  /** Where the next `append` goes. */
  get endOffset(): number {
    return this.#end;
  }

  append(bytes: Uint8Array): void {
    this.writeAt(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Overwrites, or fills a gap left by `skip`. */
  writeAt(bytes: Uint8Array, offset: number): void {
    attempt(this.#path, () => writeAll(this.#fd, bytes, offset));
  }

  /** Leaves a gap of zeros, to be filled by `writeAt`. */
  skip(bytes: number): void {
    this.#end += bytes;
  }

  /** Takes back everything from `offset` on. */
  truncate(offset: number): void {
    attempt(this.#path, () => ftruncateSync(this.#fd, offset));
    this.#end = offset;
  }

  async commit(finalPath = this.#path): Promise<void> {
    try {
      if (this.#end <= SYNC_AT_ONCE_BYTES) fsyncSync(this.#fd);
      else await syncFile(this.#fd);
    } catch (cause) {
      throw writeError(this.#path, cause);
    }
    this.#close();
    attempt(finalPath, () => renameSync(this.#temporary, finalPath));
  }

  /** Leaves nothing behind; harmless after `commit`. */
  discard(): void {
    this.#close();
    rmSync(this.#temporary, { force: true });
  }

  #close(): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
  }
}
