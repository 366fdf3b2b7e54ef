import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../core/temporary-folder.ts';
import { makeFifos } from './make-fifos.ts';

/** Both ends of a pipe, open. */
interface Pipe {
  /** Non-blocking. */
  readonly readFd: number;
  readonly writeFd: number;
}

/** Of stdout and stderr, for the trial of a sandbox, an image and its control: a process for each pair would cost 5 ms. */
const MADE_AT_ONCE = 6;

const ready: Pipe[] = [];

/**
 * A pipe that everybody may open anew by /proc/self/fd, as programs open /dev/stdout: neither a socket (Node's own `pipe`
 * is one) nor another user's pipe lets them. It has no name any more. Whoever takes it closes both ends. Errors:
 * SANDBOX_MISSING, WRITE_FAILED, DISK_FULL.
 */
function takePipe(): Pipe {
  const pipe = ready.pop();
  if (pipe !== undefined) return pipe;
  const [first, ...others] = makePipes();
  ready.push(...others);
  return first;
}

function makePipes(): [Pipe, ...Pipe[]] {
  const folder = makeTemporaryFolder('pipes');
  try {
    const others = Array.from({ length: MADE_AT_ONCE - 1 }, (_, index) => join(folder, `${index + 1}`));
    const first = join(folder, '0');
    makeFifos([first, ...others], '666');
    return [openBoth(first), ...others.map(openBoth)];
  } finally {
    removeTemporaryFolder(folder);
  }
}

/** The reading end first: to open the other one would wait for it. */
function openBoth(path: string): Pipe {
  const readFd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return { readFd, writeFd: openSync(path, constants.O_WRONLY) };
  } catch (error) {
    closeSync(readFd);
    throw error;
  }
}

/** A stream of the program. */
export interface ProgramPipe {
  /** The program's end; closed by who hands it over. */
  readonly descriptor: number;
  /** This process's, which closes by itself. */
  readonly own: Socket;
}

/** What is written by the program. Errors: those of making a pipe. */
export function openOutputPipe(): ProgramPipe {
  const { readFd, writeFd } = takePipe();
  return { descriptor: writeFd, own: new Socket({ fd: readFd, readable: true, writable: false }) };
}

/** What is read by the program, whose end must not be one that never waits. Errors: those of making a pipe. */
export function openInputPipe(): ProgramPipe {
  const { readFd, writeFd } = takePipe();
  const descriptor = openSync(`/proc/self/fd/${readFd}`, constants.O_RDONLY);
  closeSync(readFd);
  return { descriptor, own: new Socket({ fd: writeFd, readable: false, writable: true }) };
}
