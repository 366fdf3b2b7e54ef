import { MorselError } from './errors.ts';

/** Runs a file operation; what it throws becomes DISK_FULL or WRITE_FAILED about `path`. */
export function attempt<T>(path: string, operation: () => T, hint?: string): T {
  try {
    return operation();
  } catch (cause) {
    throw writeError(path, cause, hint);
  }
}

/** DISK_FULL or WRITE_FAILED about `path`; `hint` where its own words say better what to do than `-o`. */
export function writeError(path: string, cause: unknown, hint?: string): MorselError {
  if (cause instanceof MorselError) return cause;
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  if (isDiskFull(code)) {
    return new MorselError('DISK_FULL', `no space left to write ${path} (${code})`, {
      cause,
      hint: `free some space; or ${hint ?? 'write to another disk with -o'}`,
    });
  }
  return new MorselError('WRITE_FAILED', `${path} cannot be written (${code})`, {
    cause,
    hint: hint ?? HINTS[code] ?? 'choose another place with -o',
  });
}

/** A quota that is used up is a full disk to its user. */
export function isDiskFull(code: string | undefined): boolean {
  return code === 'ENOSPC' || code === 'EDQUOT';
}

const HINTS: Readonly<Record<string, string>> = {
  ENOENT: 'make the directory first, or choose another with -o',
  ENOTDIR: 'a part of the path is a file: choose another with -o',
  EACCES: 'choose a directory that you may write to with -o',
  EPERM: 'choose a directory that you may write to with -o',
  EROFS: 'the file system is read-only: choose another with -o',
  EISDIR:
    'there is a directory of that name: remove it, or write into it as a layout with a slash at the end',
  EFBIG: 'choose with -o a file system that takes files of this size, or raise `ulimit -f`',
  ELOOP: 'the path is a link that leads to itself: choose another with -o',
  ENAMETOOLONG: 'choose a shorter name with -o',
};
