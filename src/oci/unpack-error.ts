import { MorselError } from '../core/errors.ts';
import { writeError } from './output-file.ts';

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
  return writeError(path, cause);
}
