import { createReadStream, createWriteStream, fstatSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { writeError } from '../../core/write-error.ts';
import { HeadBuffer } from './head-buffer.ts';
import { openInputPipe, openOutputPipe } from './pipes.ts';
import type { ProgramStreams } from './program-streams.ts';

/**
 * The caller's own stdin, stdout and stderr. A terminal, a pipe or a socket is handed on as it is. A file is not: what a
 * program has open it can open anew by /proc/self/fd, a file that was given to be read to write to it, and a folder to
 * leave its root by. It gets a pipe, and what goes through is copied.
 */
export class InheritedStreams implements ProgramStreams {
  readonly stdin: number;
  readonly stdout: number;
  readonly stderr: number;
  readonly terminal = null;
  readonly handedOver: readonly number[];
  readonly keptOutput = new HeadBuffer(0);
  readonly keptErrors = new HeadBuffer(0);
  readonly ended: Promise<unknown>;

  constructor() {
    const copied = ([0, 1, 2] as const).filter((fd) => !canBeShared(fd));
    const copies = new Map(copied.map((fd) => [fd, copy(fd)]));
    this.stdin = copies.get(0)?.descriptor ?? 0;
    this.stdout = copies.get(1)?.descriptor ?? 1;
    this.stderr = copies.get(2)?.descriptor ?? 2;
    this.handedOver = [...copies.values()].map(({ descriptor }) => descriptor);
    this.ended = Promise.all([...copies.values()].map(({ ended }) => ended));
  }

  release(): void {}
}

function canBeShared(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    return !stat.isFile() && !stat.isDirectory() && !stat.isBlockDevice();
  } catch {
    return true; // it is closed, and the program has none either
  }
}

interface CopiedStream {
  readonly descriptor: number;
  readonly ended: Promise<void>;
}

function copy(fd: 0 | 1 | 2): CopiedStream {
  if (fd === 0) {
    const { descriptor, own } = openInputPipe();
    copyInput(own);
    return { descriptor, ended: Promise.resolve() };
  }
  const { descriptor, own } = openOutputPipe();
  const ended = copyOutput(own, fd);
  ended.catch(() => {});
  return { descriptor, ended };
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
