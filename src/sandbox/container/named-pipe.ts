import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';

/**
 * A stream of the program, as a pipe that has a name: a program may open /dev/stdin and /dev/stdout anew, as servers do for
 * their logs, which no socket lets it (Node's own `pipe` is one), nor a pipe that is another user's. The names are in the
 * run's folder, which only this user may enter, and the program is not there.
 */
export interface NamedPipe {
  /** The program's end. */
  readonly descriptor: number;
  /** This process's. */
  readonly own: Socket;
}

/** What is written by the program. */
export function openOutputPipe(path: string): NamedPipe {
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const descriptor = openSync(path, constants.O_WRONLY);
  return { descriptor, own: new Socket({ fd: reader, readable: true, writable: false }) };
}

/** What is read by the program, whose end must not be one that never waits. */
export function openInputPipe(path: string): NamedPipe {
  const opener = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  const descriptor = openSync(path, constants.O_RDONLY);
  closeSync(opener);
  return { descriptor, own: new Socket({ fd: writer, readable: false, writable: true }) };
}
