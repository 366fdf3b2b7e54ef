import type { ChildProcess } from 'node:child_process';
import { createReadStream, createWriteStream, fstatSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { writeError } from '../../core/write-error.ts';
import { STDERR_FD } from '../launcher/descriptors.ts';

/** Descriptors of the caller, and where the program's first process has them. */
const PLACES = [
  { own: 0, place: 0 },
  { own: 1, place: 1 },
  { own: 2, place: STDERR_FD },
] as const;

/**
 * The caller's own stdin, stdout and stderr. A terminal, a pipe or a socket is handed on as it is. A file is not: what a
 * program has open it can open anew by /proc/self/fd, a file that was given to be read to write to it, and a folder to
 * leave its root by. It gets a pipe, and what goes through is copied.
 */
export class InheritedStreams {
  readonly #copied = PLACES.filter(({ own }) => !canBeShared(own));

  /** What spawn(2) is to be given for one of them: the descriptor itself, or a pipe. */
  stdio(own: 0 | 1 | 2): number | 'pipe' {
    return this.#copied.some((one) => one.own === own) ? 'pipe' : own;
  }

  /** Copies until the program has ended and all of its output is written. Errors: DISK_FULL, WRITE_FAILED. */
  async copy(child: ChildProcess): Promise<void> {
    const streams = child.stdio as readonly (Readable | Writable | null | undefined)[];
    await Promise.all(
      this.#copied.map(async ({ own, place }) => {
        const stream = streams[place];
        if (own === 0) copyInput(stream as Writable);
        else await copyOutput(stream as Readable, own);
      }),
    );
  }
}

function canBeShared(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    return !stat.isFile() && !stat.isDirectory() && !stat.isBlockDevice();
  } catch {
    return true; // it is closed, and the program has none either
  }
}

/** The program may leave before it has read all, and the input may be no file that can be read. */
function copyInput(target: Writable): void {
  const source = createReadStream('', { fd: 0, autoClose: false });
  source.on('error', () => target.end());
  target.on('error', () => source.destroy());
  source.pipe(target);
}

/** A full disk closes the pipe, as it would be with a reader that has left. */
async function copyOutput(source: Readable, fd: 1 | 2): Promise<void> {
  const target = createWriteStream('', { fd, autoClose: false });
  target.on('error', () => source.destroy());
  source.pipe(target);
  try {
    await finished(target);
  } catch (cause) {
    throw writeError(fd === 1 ? 'stdout' : 'stderr', cause, 'send the output elsewhere');
  }
}
