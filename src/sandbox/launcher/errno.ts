/**
 * The errors that starting a program can give: include/uapi/asm-generic/errno.h, in the words of Go, runc and docker.
 * The numbers are those of both machines that the launcher is written for.
 */
const ERRNOS = [
  [1, 'EPERM', 'operation not permitted'],
  [2, 'ENOENT', 'no such file or directory'],
  [5, 'EIO', 'input/output error'],
  [7, 'E2BIG', 'argument list too long'],
  [8, 'ENOEXEC', 'exec format error'],
  [11, 'EAGAIN', 'resource temporarily unavailable'],
  [12, 'ENOMEM', 'cannot allocate memory'],
  [13, 'EACCES', 'permission denied'],
  [14, 'EFAULT', 'bad address'],
  [20, 'ENOTDIR', 'not a directory'],
  [21, 'EISDIR', 'is a directory'],
  [22, 'EINVAL', 'invalid argument'],
  [26, 'ETXTBSY', 'text file busy'],
  [28, 'ENOSPC', 'no space left on device'],
  [30, 'EROFS', 'read-only file system'],
  [36, 'ENAMETOOLONG', 'file name too long'],
  [38, 'ENOSYS', 'function not implemented'],
  [40, 'ELOOP', 'too many levels of symbolic links'],
  [75, 'EOVERFLOW', 'value too large for defined data type'],
  [80, 'ELIBBAD', 'accessing a corrupted shared library'],
] as const;

export type Errno = (typeof ERRNOS)[number][1] | `errno ${number}`;

/** The name of an errno, and what it means in words. */
export function describeErrno(errno: number): { readonly name: Errno; readonly text: string } {
  const [, name, text] = ERRNOS.find(([number]) => number === errno) ?? [];
  return { name: name ?? `errno ${errno}`, text: text ?? `errno ${errno}` };
}
