import { closeSync, constants, openSync, readFileSync, statSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { WindowSize } from './launcher/terminal-steps.ts';

/** The program's end of a pseudo-terminal that this process has made, and its other end. */
export interface Terminal {
  /** `/dev/pts/N` of this machine. */
  readonly path: string;
  /** Descriptor of the other end. */
  readonly fd: number;
  readonly size: WindowSize;
}

/** What a terminal is said to be that does not say how large it is. */
const USUAL_SIZE: WindowSize = { columns: 80, rows: 24 };

/** Of this process's own terminal. */
export function windowSize(): WindowSize {
  const { columns, rows } = process.stdout;
  return columns > 0 && rows > 0 ? { columns, rows } : USUAL_SIZE;
}

/**
 * A pseudo-terminal for a program, where this process has one itself, for input and output; null where it has none, or where
 * this machine gives none.
 */
export function openTerminal(): Terminal | null {
  return isatty(0) && isatty(1) ? makeTerminal(windowSize()) : null;
}

/** null where this machine gives none. */
export function makeTerminal(size: WindowSize): Terminal | null {
  let fd: number | null = null;
  try {
    fd = openSync('/dev/ptmx', constants.O_RDWR | constants.O_NOCTTY);
    // proc(5): of the multiplexer, /proc/PID/fdinfo names the number of the other end (Linux 4.14).
    const index = /^tty-index:\s*(\d{1,10})$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
    const path = `/dev/pts/${index ?? ''}`;
    if (index !== undefined && statSync(path).isCharacterDevice()) return { path, fd, size };
  } catch {
    // as where it is none
  }
  if (fd !== null) closeSync(fd);
  return null;
}
