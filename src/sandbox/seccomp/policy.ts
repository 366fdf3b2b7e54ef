import type { SandboxMachine } from '../sandbox-machine.ts';

/**
 * What a program in the sandbox may ask of the kernel: what `docker run --cap-drop ALL` lets through, as our own table.
 * Source of the facts: moby/profiles seccomp/default.json v0.2.3 and its seccomp_linux.go, as vendored by moby at
 * 35797366d7cd (2026-05-06). Left out, so refused: all that its profile gives for a capability (the program has none)
 * and for other machines. Its condition on the kernel (ptrace from 4.8 on) holds: the launcher itself needs 5.9.
 * scripts/compile-seccomp.mjs compiles this with libseccomp into filters.ts; what a program runs under is those bytes.
 */

/** `no-network`: docker's, and socket families that a network namespace does not close are closed too. */
export type SeccompVariant = 'no-network' | 'network';

/** True when `argument & mask` is `value`, over all 64 bits: the one form of condition that every rule needs. */
export interface ArgumentTest {
  readonly argument: number;
  readonly mask: bigint;
  readonly value: bigint;
}

export interface SeccompRule {
  readonly names: readonly string[];
  /** What the call fails with; allowed when absent. */
  readonly errno?: number;
  /** The rule is for calls that one of these holds for; for every call when absent. */
  readonly anyOf?: readonly ArgumentTest[];
}

export const EPERM = 1;
export const ENOSYS = 38;
export const EAFNOSUPPORT = 97;

/**
 * `unnamed`: for every call that no rule names. `tooNew`: for every call with a higher number than all that are named
 * here, as runc does (libcontainer/seccomp/patchbpf), so that a libc which tries a new call before an old one takes the
 * old one, instead of believing that it is forbidden.
 */
export const DEFAULT_ERRNO = { unnamed: EPERM, tooNew: ENOSYS } as const;

/**
 * Allowed calls given by number, since libseccomp's names for them depend on its version (Debian 12's 2.5.4 ends at
 * 456). From 424 on a call has one number on every machine (Linux include/uapi/asm-generic/unistd.h): one table serves.
 */
export const NUMBERED_CALLS: Readonly<Record<string, number>> = {
  cachestat: 451,
  fchmodat2: 452,
  map_shadow_stack: 453,
  futex_wake: 454,
  futex_wait: 455,
  futex_requeue: 456,
  statmount: 457,
  listmount: 458,
  mseal: 462,
  setxattrat: 463,
  getxattrat: 464,
  listxattrat: 465,
  removexattrat: 466,
};

/**
 * Made by the kernel's own trampoline when a host's tracer has put a return probe on the program, never by a program.
 * x86_64 only: elsewhere this number belongs to others (arch/x86/entry/syscalls/syscall_64.tbl).
 */
export const URETPROBE_X86_64 = 335;

const FILES = `
  access chdir chmod chown chown32 creat faccessat faccessat2 fallocate fchdir fchmod fchmodat fchown fchown32 fchownat
  fstat fstat64 fstatat64 fstatfs fstatfs64 ftruncate ftruncate64 futimesat getcwd getdents getdents64 lchown lchown32
  link linkat lstat lstat64 mkdir mkdirat mknod mknodat name_to_handle_at newfstatat open openat openat2 readlink
  readlinkat rename renameat renameat2 rmdir stat stat64 statfs statfs64 statx symlink symlinkat truncate truncate64
  umask unlink unlinkat utime utimensat utimensat_time64 utimes`;

const EXTENDED_ATTRIBUTES = `
  fgetxattr flistxattr fremovexattr fsetxattr getxattr lgetxattr listxattr llistxattr lremovexattr lsetxattr removexattr
  setxattr`;

const DESCRIPTORS = `
  _llseek close close_range copy_file_range dup dup2 dup3 fadvise64 fadvise64_64 fcntl fcntl64 fdatasync flock fsync
  ioctl lseek pipe pipe2 pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readahead readv sendfile sendfile64
  splice sync sync_file_range syncfs tee vmsplice write writev`;

/** Asynchronous I/O of the old kind. io_uring is refused: its operations pass no filter (moby took it out in 2023). */
const OLD_AIO = 'io_cancel io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit';

const EVENTS = `
  _newselect epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old
  eventfd eventfd2 fanotify_mark inotify_add_watch inotify_init inotify_init1 inotify_rm_watch poll ppoll ppoll_time64
  pselect6 pselect6_time64 select signalfd signalfd4 timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime
  timerfd_settime64`;

const MEMORY = `
  brk madvise membarrier memfd_create memfd_secret mincore mlock mlock2 mlockall mmap mmap2 mprotect mremap msync munlock
  munlockall munmap pkey_alloc pkey_free pkey_mprotect process_mrelease remap_file_pages`;

/** clone has its own rule. */
const PROCESSES = `
  execve execveat exit exit_group fork futex futex_time64 futex_waitv get_robust_list get_thread_area getpgid getpgrp
  getpid getppid getsid gettid kill pidfd_open pidfd_send_signal prctl restart_syscall rseq set_robust_list
  set_thread_area set_tid_address setpgid setsid tgkill tkill vfork wait4 waitid waitpid`;

/** Of the program's own kind only: without CAP_SYS_PTRACE the kernel lets it reach what it could be itself. */
const DEBUGGING = 'process_vm_readv process_vm_writev ptrace';

const SCHEDULING = `
  getcpu getpriority getrlimit getrusage ioprio_get ioprio_set prlimit64 sched_get_priority_max sched_get_priority_min
  sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64
  sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield setpriority setrlimit times ugetrlimit`;

/** The kernel refuses what needs a capability; filtering them would break programs that ask for what they have. */
const IDENTITY = `
  capget capset getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getresgid getresgid32 getresuid
  getresuid32 getuid getuid32 setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups setgroups32 setregid
  setregid32 setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setuid setuid32`;

const SIGNALS = `
  pause rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait
  rt_sigtimedwait_time64 rt_tgsigqueueinfo sigaltstack sigprocmask sigreturn`;

/** adjtimex and clock_adjtime read; setting the clock with them takes CAP_SYS_TIME. */
const TIME = `
  adjtimex alarm clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64
  clock_nanosleep clock_nanosleep_time64 getitimer gettimeofday nanosleep setitimer time timer_create timer_delete
  timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64`;

/** On sockets that are there; making them is the business of socketRules. */
const SOCKETS = `
  accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom recvmmsg recvmmsg_time64 recvmsg
  send sendmmsg sendmsg sendto setsockopt shutdown`;

/** In an IPC namespace of the container's own. */
const MESSAGES = `
  ipc mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink
  msgctl msgget msgrcv msgsnd semctl semget semop semtimedop semtimedop_time64 shmat shmctl shmdt shmget`;

/** What only takes rights away from the caller, and what only tells. */
const RESTRICT_SELF = 'landlock_add_rule landlock_create_ruleset landlock_restrict_self seccomp';
const INFORMATION = 'getrandom sysinfo uname';

/** The thread's own registers and descriptor tables. docker adds them for every sub-architecture of the machine. */
const OF_MACHINE: Readonly<Record<SandboxMachine, string>> = {
  x86_64: 'arch_prctl modify_ldt',
  aarch64: 'arm_fadvise64_64 arm_sync_file_range breakpoint cacheflush set_tls sync_file_range2',
};

const ANYWHERE = `
  ${FILES} ${EXTENDED_ATTRIBUTES} ${DESCRIPTORS} ${OLD_AIO} ${EVENTS} ${MEMORY} ${PROCESSES} ${DEBUGGING} ${SCHEDULING}
  ${IDENTITY} ${SIGNALS} ${TIME} ${SOCKETS} ${MESSAGES} ${RESTRICT_SELF} ${INFORMATION}`;

const ALL_64_BITS = 0xffff_ffff_ffff_ffffn;

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET (linux/sched.h): no namespaces, so no new rights. */
const CLONE_NAMESPACES = 0x7e02_0000n;

/** PER_LINUX, PER_LINUX32, each with UNAME26 too, and 0xffffffff, which asks (linux/personality.h). */
const PERSONALITIES = [0n, 0x8n, 0x2_0000n, 0x2_0008n, 0xffff_ffffn];

/** linux/socket.h. */
const AF = { UNIX: 1, INET: 2, INET6: 10, NETLINK: 16, ALG: 38, VSOCK: 40 } as const;
/** AF_ALG is the kernel's crypto with its record of holes; AF_VSOCK reaches the host of a virtual machine. */
const DOCKER_REFUSES = [AF.ALG, AF.VSOCK];
/** In a network namespace of its own these lead nowhere, and they are all that ordinary programs use. */
const WITHOUT_NETWORK = [AF.UNIX, AF.INET, AF.INET6, AF.NETLINK];

/** Every rule of a filter. At most one rule holds for a call, so their order means nothing. */
export function seccompRules(machine: SandboxMachine, variant: SeccompVariant): readonly SeccompRule[] {
  return [
    { names: `${ANYWHERE} ${OF_MACHINE[machine]}`.trim().split(/\s+/) },
    { names: ['clone'], anyOf: [{ argument: 0, mask: CLONE_NAMESPACES, value: 0n }] },
    // Its flags lie in memory, where no filter can read them; on ENOSYS every libc takes clone.
    { names: ['clone3'], errno: ENOSYS },
    {
      names: ['personality'],
      anyOf: PERSONALITIES.map((value) => ({ argument: 0, mask: ALL_64_BITS, value })),
    },
    ...socketRules(variant),
  ];
}

/**
 * The family is an int: the kernel takes the low half of the register. docker compares the whole and allows all above
 * AF_VSOCK, so 0x1_0000_0028 opens an AF_VSOCK there; here only the low half is looked at.
 */
function socketRules(variant: SeccompVariant): readonly SeccompRule[] {
  if (variant === 'network') {
    return [
      { names: ['socket'], anyOf: lowHalfOutside(DOCKER_REFUSES) },
      { names: ['socketpair', 'socketcall'] },
    ];
  }
  const names = ['socket', 'socketpair'];
  return [
    {
      names,
      anyOf: WITHOUT_NETWORK.map((family) => ({ argument: 0, mask: 0xffff_ffffn, value: BigInt(family) })),
    },
    // What a kernel without the family says, which programs that try one are prepared for; docker's two stay EPERM.
    { names, errno: EAFNOSUPPORT, anyOf: lowHalfOutside([...WITHOUT_NETWORK, ...DOCKER_REFUSES]) },
    // i386's old way to all calls on sockets: the family lies in memory, where no filter can read it.
    { names: ['socketcall'], errno: ENOSYS },
  ];
}

/**
 * "Is none of these", in the one form there is: walking down the bits, the halves that hold none of the values. They do
 * not overlap, so nothing depends on the order in which libseccomp tests them.
 */
function lowHalfOutside(values: readonly number[]): readonly ArgumentTest[] {
  const tests: ArgumentTest[] = [];
  let prefixes = [0n];
  for (let bit = 31n; bit >= 0n; bit--) {
    const mask = 0xffff_ffffn - (1n << bit) + 1n;
    const halves = prefixes.flatMap((prefix) => [prefix, prefix + (1n << bit)]);
    const holds = (prefix: bigint): boolean => values.some((value) => (BigInt(value) & mask) === prefix);
    tests.push(...halves.filter((half) => !holds(half)).map((value) => ({ argument: 0, mask, value })));
    prefixes = halves.filter(holds);
  }
  return tests;
}
