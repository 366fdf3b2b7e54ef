import type { SandboxMachine } from '../sandbox-machine.ts';

/**
 * The system calls and kernel constants that the launcher uses, for the machines that it can be written for.
 * Source: Linux arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h (aarch64).
 */

export const SYSTEM_CALLS = {
  write: { x86_64: 1, aarch64: 64 },
  close: { x86_64: 3, aarch64: 57 },
  rt_sigprocmask: { x86_64: 14, aarch64: 135 },
  ioctl: { x86_64: 16, aarch64: 29 },
  socket: { x86_64: 41, aarch64: 198 },
  nanosleep: { x86_64: 35, aarch64: 101 },
  connect: { x86_64: 42, aarch64: 203 },
  recvfrom: { x86_64: 45, aarch64: 207 },
  execve: { x86_64: 59, aarch64: 221 },
  chdir: { x86_64: 80, aarch64: 49 },
  umask: { x86_64: 95, aarch64: 166 },
  setsid: { x86_64: 112, aarch64: 157 },
  setgroups: { x86_64: 116, aarch64: 159 },
  setresuid: { x86_64: 117, aarch64: 147 },
  setresgid: { x86_64: 119, aarch64: 149 },
  capset: { x86_64: 126, aarch64: 91 },
  pivot_root: { x86_64: 155, aarch64: 41 },
  prctl: { x86_64: 157, aarch64: 167 },
  mount: { x86_64: 165, aarch64: 40 },
  umount2: { x86_64: 166, aarch64: 39 },
  sethostname: { x86_64: 170, aarch64: 161 },
  keyctl: { x86_64: 250, aarch64: 219 },
  exit_group: { x86_64: 231, aarch64: 94 },
  lsetxattr: { x86_64: 189, aarch64: 6 },
  dup3: { x86_64: 292, aarch64: 24 },
  openat: { x86_64: 257, aarch64: 56 },
  mkdirat: { x86_64: 258, aarch64: 34 },
  mknodat: { x86_64: 259, aarch64: 33 },
  fchmod: { x86_64: 91, aarch64: 52 },
  fchownat: { x86_64: 260, aarch64: 54 },
  unlinkat: { x86_64: 263, aarch64: 35 },
  symlinkat: { x86_64: 266, aarch64: 36 },
  fchmodat: { x86_64: 268, aarch64: 53 },
  utimensat: { x86_64: 280, aarch64: 88 },
  prlimit64: { x86_64: 302, aarch64: 261 },
  close_range: { x86_64: 436, aarch64: 436 },
  openat2: { x86_64: 437, aarch64: 437 },
  mount_setattr: { x86_64: 442, aarch64: 442 },
} as const satisfies Record<string, Record<SandboxMachine, number>>;

export type SystemCallName = keyof typeof SYSTEM_CALLS;

/** mount(2), include/uapi/linux/mount.h. */
export const MS = {
  RDONLY: 0x1,
  NOSUID: 0x2,
  NODEV: 0x4,
  NOEXEC: 0x8,
  REMOUNT: 0x20,
  BIND: 0x1000,
  REC: 0x4000,
} as const;

export const MNT_DETACH = 2;
export const AT_FDCWD = -100;
export const AT_REMOVEDIR = 0x200;
export const AT_SYMLINK_NOFOLLOW = 0x100;
/** openat(2), the same on both machines. */
export const O = {
  WRONLY: 1,
  RDWR: 2,
  CREAT: 0o100,
  NOCTTY: 0o400,
  TRUNC: 0o1000,
  PATH: 0o10000000,
  CLOEXEC: 0o2000000,
} as const;
/** openat2(2), include/uapi/linux/openat2.h. */
export const RESOLVE = { NO_MAGICLINKS: 0x2, NO_SYMLINKS: 0x4, IN_ROOT: 0x10 } as const;
/** socket(2), the same on both machines. */
export const AF = { UNIX: 1, INET: 2, INET6: 10 } as const;
export const SOCK = { STREAM: 1, SEQPACKET: 5 } as const;
/** keyctl(2). */
export const KEYCTL_JOIN_SESSION_KEYRING = 1;
/** seccomp(2), as prctl(2) takes it. */
export const SECCOMP_MODE_FILTER = 2;
/** mount_setattr(2): apply to the whole mount tree. */
export const AT_RECURSIVE = 0x8000;
export const MOUNT_ATTR_RDONLY = 0x1;
/** mknodat(2): an empty regular file, the cheapest thing to bind a device or a file over. */
export const S_IFREG = 0o100000;
/** close_range(2): mark instead of closing, so that the launcher can still report a failed execve. */
export const CLOSE_RANGE_CLOEXEC = 4;

/** prctl(2). */
export const PR = {
  SET_PDEATHSIG: 1,
  SET_SECCOMP: 22,
  CAPBSET_DROP: 24,
  SET_NO_NEW_PRIVS: 38,
  CAP_AMBIENT: 47,
  CAP_AMBIENT_CLEAR_ALL: 4,
} as const;

/** ioctl_tty(2), include/uapi/asm-generic/ioctls.h. */
export const TIOC = { SCTTY: 0x540e, SWINSZ: 0x5414, SPTLCK: 0x40045431 } as const;

/** setrlimit(2), include/uapi/asm-generic/resource.h. */
export const RLIMIT = { DATA: 2, CORE: 4, NPROC: 6 } as const;
