/** What a run's programs inherit beside stdin, stdout and stderr; Node gives each its place. */

/** On which they report: a step that failed, or that all is set up. */
export const STATUS_FD = 3;
/** Where runc, crun and bwrap find the launcher itself, so that no path of the root is taken by it. */
export const LAUNCHER_FD = 4;
/** From which the launcher reads one byte before it executes the program, where somebody wants to look first. */
export const GO_FD = 5;
/**
 * The program's stderr. Until the launcher puts it in its place, 2 is for what the tools before it have to say, so that no
 * program can speak for them.
 */
export const STDERR_FD = 6;
/** What an open gives once everything else is closed. */
export const FIRST_FREE_FD = 7;
