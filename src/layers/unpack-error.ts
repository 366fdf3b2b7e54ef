import { MorselError } from '../core/errors.ts';
import { writeError } from '../core/write-error.ts';

export const UNPACK_HINT =
  'unpack on another disk: set TMPDIR to a folder that has space and that you may write to';

/** Runs one step of unpacking; what the system says against it becomes an error of ours about `path`. */
export function unpackStep<T>(path: string, step: () => T): T {
  try {
    return step();
  } catch (cause) {
    throw cause instanceof MorselError ? cause : unpackError(path, cause as NodeJS.ErrnoException);
  }
}

function unpackError(path: string, cause: NodeJS.ErrnoException): MorselError {
  if (cause.syscall === 'link' && cause.code === 'EMLINK') {
    return new MorselError('LIMIT_EXCEEDED', `${path}: more names of one file than this file system allows`, {
      cause,
      hint: 'set TMPDIR to a folder on a file system that allows more hard links, such as XFS',
    });
  }
  if (cause.syscall === 'fchown' || cause.syscall === 'lchown') {
    return new MorselError('WRITE_FAILED', `${path} cannot be given to its owner (${cause.code})`, {
      cause,
      hint: 'this root has not all rights or ids, as in a container: run morsel as an ordinary user instead',
    });
  }
  // Each name by itself has been found short enough (NAME_MAX).
  if (cause.code === 'ENAMETOOLONG') {
    return new MorselError(
      'LIMIT_EXCEEDED',
      `${path}: with the folder that it is unpacked to the path is too long`,
      {
        cause,
        hint: 'set TMPDIR to a folder with a shorter path',
      },
    );
  }
  return writeError(path, cause, UNPACK_HINT);
}
