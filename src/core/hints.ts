/** What to do now, in words that errors of more than one folder need. */

export const CHECK_PATH_HINT = 'check the path';

export const CHANGING_FILES_HINT = 'something changes these files: try again when it is done';

export const DOCTOR_HINT = 'run `morsel doctor` to see what this machine lacks and how to install it';

/** About a word or variable with a NUL, or one that is too long for execve(2). */
export const WORD_HINT = 'Linux hands no such text to a program: put it into a file';
