import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { finished } from 'node:stream/promises';
import { writeAll } from '../../core/write-all.ts';
import { attempt, writeError } from '../../core/write-error.ts';
import { makeFifos } from './make-fifos.ts';

/** A million calls; what a program does beyond is not looked at. */
const KEPT_TRACE_BYTES = 128 * 1024 * 1024;

/**
 * What a tracer writes, up to a limit. Beyond it is read and thrown away: a tracer that is stopped, or gets no room,
 * would take along the program, whose every traced call fails then.
 */
export class TraceCopy {
  droppedBytes = 0;
  readonly #pipe: string;
  readonly #file: number;
  readonly #path: string;
  readonly #reader: Socket;
  readonly #ended: Promise<void>;
  #left: number;
  #error: unknown = null;

  /** @param pipe where the tracer will write: made here. @param path of the copy, which must not exist. */
  constructor(pipe: string, path: string, limitBytes = KEPT_TRACE_BYTES) {
    this.#pipe = pipe;
    this.#path = path;
    this.#left = limitBytes;
    makeFifos([pipe], '600');
    this.#file = attempt(path, () => openSync(path, 'wx', 0o600));
    this.#reader = new Socket({
      fd: openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK),
      readable: true,
      writable: false,
    });
    this.#reader.on('data', (chunk: Buffer) => this.#keep(chunk));
    this.#ended = finished(this.#reader, { writable: false });
    this.#ended.catch(() => {});
  }

  /** When the tracer has ended: reads what is left. Errors: DISK_FULL, WRITE_FAILED. */
  async finish(): Promise<void> {
    try {
      // Whether or not it ever wrote, the pipe has had a writer now, and so it has an end.
      closeSync(openSync(this.#pipe, constants.O_WRONLY | constants.O_NONBLOCK));
    } catch {
      // ENXIO: its end has been read already
    }
    try {
      await this.#ended;
    } finally {
      this.close();
    }
    if (this.#error !== null) throw writeError(this.#path, this.#error);
  }

  close(): void {
    if (this.#left === CLOSED) return;
    this.#left = CLOSED;
    this.#reader.destroy();
    closeSync(this.#file);
  }

  #keep(chunk: Buffer): void {
    if (this.#left === CLOSED) return;
    const kept = this.#error === null ? chunk.subarray(0, this.#left) : Buffer.alloc(0);
    this.#left -= kept.length;
    this.droppedBytes += chunk.length - kept.length;
    try {
      writeAll(this.#file, kept);
    } catch (error) {
      this.#error = error;
    }
  }
}

const CLOSED = -1;
