import { constants } from 'node:fs';

/**
 * For files that somebody else may have put there. Without O_NONBLOCK open(2) of a FIFO waits until somebody writes into
 * it; files do not mind the flag. O_NOCTTY: a terminal that is opened must not become this process's own.
 */
export const READ_WITHOUT_WAITING = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
