import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../core/temporary-folder.ts';
import { makeFifos } from './make-fifos.ts';

/** Both ends of a pipe, open. */
export interface Pipe {
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
export function takePipe(): Pipe {
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
