import type { Step } from './assemble-program.ts';
import { FIRST_FREE_FD, STDERR_FD, STDIN_FD, STDOUT_FD, TERMINAL_FD } from './descriptors.ts';
import { AT_FDCWD, O, TIOC } from './system-calls.ts';

/** Of a terminal, in characters. */
export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

/** Where the program finds its terminal, as under docker. */
export const CONSOLE_PATH = '/dev/console';

const ALL_FDS = 0xffffffff;

/** On the caller's end of a new pseudo-terminal: the program's end may be opened, and has its size. */
export function unlockTerminalSteps(size: WindowSize): readonly Step[] {
  return [
    { name: 'unlock the terminal', call: 'ioctl', args: [TERMINAL_FD, TIOC.SPTLCK, Buffer.alloc(4)] },
    resizeStep(TERMINAL_FD, size),
  ];
}

/** struct winsize; the kernel tells the programs of the terminal by SIGWINCH. */
export function resizeStep(fd: number, { columns, rows }: WindowSize): Step {
  const size = Buffer.alloc(8);
  size.writeUInt16LE(rows, 0);
  size.writeUInt16LE(columns, 2);
  return { name: 'size of the terminal', call: 'ioctl', args: [fd, TIOC.SWINSZ, size] };
}

/**
 * The program's end, opened by a path of its own root, so that ttyname(3) knows it: its three streams, and the terminal that
 * controls its session (Ctrl-C, job control, /dev/tty).
 */
export function openTerminalSteps(): readonly Step[] {
  return [
    { name: 'close inherited files', call: 'close_range', args: [FIRST_FREE_FD, ALL_FDS, 0] },
    { name: 'open the terminal', call: 'openat', args: [AT_FDCWD, CONSOLE_PATH, O.RDWR | O.NOCTTY, 0] },
    ...[STDIN_FD, STDOUT_FD, STDERR_FD].map((fd): Step => ({
      name: 'streams of the terminal',
      call: 'dup3',
      args: [FIRST_FREE_FD, fd, 0],
    })),
    { name: 'close', call: 'close', args: [FIRST_FREE_FD] },
    // runc and crun have made a session already.
    { name: 'setsid', call: 'setsid', args: [], onError: 'ignore' },
    { name: 'controlling terminal', call: 'ioctl', args: [STDIN_FD, TIOC.SCTTY, 0] },
  ];
}
