/** What a run's programs inherit beside stdin, stdout and stderr; Node gives each its place. */

/** On which they report: a step that failed, or that all is set up. */
export const STATUS_FD = 3;
/** Where runc, crun and bwrap find the launcher itself, so that no path of the root is taken by it. */
export const LAUNCHER_FD = 4;
/** From which the launcher reads one byte before it executes the program, where somebody wants to look first. */
export const GO_FD = 5;
/**
 * The program's streams, until the launcher puts them in their places: 2 is for what the tools before it have to say, so
 * that no program can speak for them, and runc would put pipes of its own where 0 and 1 are.
 */
export const STDERR_FD = 6;
export const STDIN_FD = 7;
export const STDOUT_FD = 8;
/** How many from STATUS_FD on are handed through runc and crun. */
export const PRESERVED_FDS = 6;
/** What an open gives once everything else is closed. */
export const FIRST_FREE_FD = 9;
/** The other end of the program's terminal, which `enter` sets up and closes. */
export const TERMINAL_FD = 9;
