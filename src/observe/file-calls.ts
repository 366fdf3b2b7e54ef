import type { PathUse } from './observation.ts';

export type Use = keyof PathUse;

/** Where a path stands among the arguments of a call, and what a call that succeeds does with it. */
export interface PathArgument {
  readonly path: number;
  /** The descriptor from which it is looked up; without one, the working directory. */
  readonly at?: number;
  readonly use: Use;
}

export interface FileCall {
  readonly paths: readonly PathArgument[];
  /** Where the flags of an opened file stand: they decide about its use. */
  readonly openFlags?: number;
  /** Errors that only come when there is something, besides `ONLY_WHEN_THERE`. */
  readonly there?: readonly string[];
  /** ENOTDIR may also be said of something that is there and no directory. */
  readonly wantsDirectory?: boolean;
}

/** Of a path that something is at: path_resolution(7) has ended when the kernel says these. */
export const ONLY_WHEN_THERE: ReadonlySet<string> = new Set([
  'EEXIST',
  'EISDIR',
  'ENOTEMPTY',
  'ENXIO',
  'EOVERFLOW',
  'ETXTBSY',
]);
export const NOT_THERE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);
export const REFUSED: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS']);

const NO_ATTRIBUTE = ['ENODATA', 'EOPNOTSUPP', 'ERANGE'];

/** All calls that strace counts to `%file`, but those that change what paths mean (scene-calls.ts). */
export const FILE_CALLS: ReadonlyMap<string, FileCall> = new Map<string, FileCall>([
  ...many('stat lstat stat64 lstat64 oldstat oldlstat statfs statfs64 swapon swapoff', one('isStatted')),
  ['access', { ...one('isStatted'), there: ['EROFS'] }],
  // EINVAL: it is no link.
  ['readlink', { ...one('isStatted'), there: ['EINVAL'] }],
  ...many('getxattr lgetxattr listxattr llistxattr', { ...one('isStatted'), there: NO_ATTRIBUTE }),
  ...many('newfstatat fstatat64 statx name_to_handle_at open_tree fspick', oneAt('isStatted')),
  ...many('faccessat faccessat2', { ...oneAt('isStatted'), there: ['EROFS'] }),
  ['readlinkat', { ...oneAt('isStatted'), there: ['EINVAL'] }],
  ['inotify_add_watch', { paths: [{ path: 1, use: 'isStatted' }] }],
  ['fanotify_mark', { paths: [{ at: 3, path: 4, use: 'isStatted' }] }],
  ['quotactl', { paths: [{ path: 1, use: 'isStatted' }] }],
  ['open', { ...one('isRead'), openFlags: 1 }],
  ...many('openat openat2', { ...oneAt('isRead'), openFlags: 2 }),
  ['uselib', one('isRead')],
  ...many(
    'creat truncate truncate64 mkdir mknod unlink chmod chown chown32 lchown lchown32',
    one('isWritten'),
  ),
  ...many('utime utimes acct', one('isWritten')),
  ...many('setxattr lsetxattr removexattr lremovexattr', { ...one('isWritten'), there: NO_ATTRIBUTE }),
  ['rmdir', { ...one('isWritten'), wantsDirectory: true }],
  ...many('mkdirat mknodat fchmodat fchmodat2 fchownat futimesat', oneAt('isWritten')),
  ...many('utimensat utimensat_time64', oneAt('isWritten')),
  // With AT_REMOVEDIR it is rmdir.
  ['unlinkat', { ...oneAt('isWritten'), wantsDirectory: true }],
  ...many('rename', {
    paths: [
      { path: 0, use: 'isWritten' },
      { path: 1, use: 'isWritten' },
    ],
  }),
  ...many('renameat renameat2', {
    paths: [
      { at: 0, path: 1, use: 'isWritten' },
      { at: 2, path: 3, use: 'isWritten' },
    ],
  }),
  [
    'link',
    {
      paths: [
        { path: 0, use: 'isStatted' },
        { path: 1, use: 'isWritten' },
      ],
    },
  ],
  [
    'linkat',
    {
      paths: [
        { at: 0, path: 1, use: 'isStatted' },
        { at: 2, path: 3, use: 'isWritten' },
      ],
    },
  ],
  // What a link is to lead to is a text, and not looked up.
  ['symlink', { paths: [{ path: 1, use: 'isWritten' }] }],
  ['symlinkat', { paths: [{ at: 1, path: 2, use: 'isWritten' }] }],
  // ENOENT may be said of its interpreter, too: who has the files knows.
  ['execve', { ...one('isExecuted'), there: ['ENOEXEC'] }],
  ['execveat', { ...oneAt('isExecuted'), there: ['ENOEXEC'] }],
  ...many('chdir chroot', { ...one('isStatted'), wantsDirectory: true }),
]);

function one(use: Use): FileCall {
  return { paths: [{ path: 0, use }] };
}

function oneAt(use: Use): FileCall {
  return { paths: [{ at: 0, path: 1, use }] };
}

function many(names: string, call: FileCall): readonly (readonly [string, FileCall])[] {
  return names.split(' ').map((name) => [name, call] as const);
}

const OPEN_FLAG = /\bO_[A-Z]+\b/g;

/** What `O_RDWR|O_CREAT`, or the struct of openat2, lets the program do; null for what has no such flags. */
export function usesOfFlags(flags: string): readonly Use[] | null {
  const names = new Set(flags.match(OPEN_FLAG));
  if (names.size === 0) return null;
  if (names.has('O_PATH')) return ['isStatted'];
  const isMade = ['O_CREAT', 'O_TRUNC', 'O_TMPFILE'].some((name) => names.has(name));
  const isWritten = isMade || names.has('O_WRONLY') || names.has('O_RDWR');
  // O_TMPFILE names the directory in which a file without a name is made; O_ACCMODE is open(2)'s "for ioctl only".
  const isRead = (names.has('O_RDONLY') || names.has('O_RDWR')) && !names.has('O_TMPFILE');
  const uses: readonly Use[] = [
    ...(isRead ? (['isRead'] as const) : []),
    ...(isWritten ? (['isWritten'] as const) : []),
  ];
  // A directory has no content but its names, and who lists them is seen to do so.
  return uses.length === 0 || (names.has('O_DIRECTORY') && !isWritten) ? ['isStatted'] : uses;
}
