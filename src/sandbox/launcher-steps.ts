import { existsSync } from 'node:fs';
import type { Step } from './assemble-program.ts';
import {
  AT_FDCWD,
  AT_RECURSIVE,
  CLOSE_RANGE_CLOEXEC,
  MNT_DETACH,
  MOUNT_ATTR_RDONLY,
  MS,
  PR,
  RLIMIT,
  S_IFREG,
} from './system-calls.ts';
import type { BindMount } from './sandbox.ts';

/** The file descriptor on which the launcher reports; Node gives it a pipe there. */
export const STATUS_FD = 3;
/** Where runc, crun and bwrap find the launcher itself, so that no path of the root is taken by it. */
export const LAUNCHER_FD = 4;
/** A record with this step and errno 0: everything is set up, the program is about to be executed. */
export const READY_STEP = 0xffff;

const ALL_FDS = 0xffffffff;
const SIGKILL = 9;
/** CAP_LAST_CAP is 40 in Linux 6.x; dropping one that the kernel does not know gives EINVAL, which is ignored. */
const CAPABILITIES = 64;
const SHM_OPTIONS = 'mode=1777,size=65536k';

export interface Credentials {
  readonly uid: number;
  readonly gid: number;
}

/** execve as every sandbox ends: says that it is ready, and, if the kernel refuses, with which errno. */
export function executeSteps(
  path: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Step[] {
  const ready = Buffer.alloc(16);
  ready.writeUInt32LE(READY_STEP, 0);
  return [
    { name: 'umask', call: 'umask', args: [0o022] },
    // A signal mask outlives execve; the tools before us block SIGINT, SIGTERM or SIGCHLD.
    { name: 'signal mask', call: 'rt_sigprocmask', args: [2, Buffer.alloc(8), 0, 8] },
    { name: 'close-on-exec', call: 'close_range', args: [STATUS_FD, ALL_FDS, CLOSE_RANGE_CLOEXEC] },
    { name: 'report', call: 'write', args: [STATUS_FD, ready, ready.length] },
    {
      name: `exec ${argv[0] ?? path}`,
      call: 'execve',
      args: [path, argv, Object.entries(env).map(([k, v]) => `${k}=${v}`)],
    },
  ];
}

/** Gives up everything: capabilities for good, other groups, other users, and what it could gain by a setuid file. */
export function dropPrivilegeSteps(user: Credentials | null): Step[] {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(0x20080522, 0); // _LINUX_CAPABILITY_VERSION_3
  const bounding = Array.from({ length: CAPABILITIES }, (_, capability): Step => {
    return {
      name: 'bounding set',
      call: 'prctl',
      args: [PR.CAPBSET_DROP, capability, 0, 0, 0],
      onError: 'ignore',
    };
  });
  const ids: Step[] =
    user === null
      ? []
      : [
          { name: 'setgroups', call: 'setgroups', args: [0, 0] },
          { name: 'setresgid', call: 'setresgid', args: [user.gid, user.gid, user.gid] },
          { name: 'setresuid', call: 'setresuid', args: [user.uid, user.uid, user.uid] },
        ];
  return [
    { name: 'no new privileges', call: 'prctl', args: [PR.SET_NO_NEW_PRIVS, 1, 0, 0, 0] },
    ...bounding,
    ...ids,
    {
      name: 'ambient set',
      call: 'prctl',
      args: [PR.CAP_AMBIENT, PR.CAP_AMBIENT_CLEAR_ALL, 0, 0, 0],
      onError: 'ignore',
    },
    { name: 'capset', call: 'capset', args: [header, Buffer.alloc(24)] },
    // setresuid clears it (kernel/cred.c), and it is what ends the program when morsel is killed.
    { name: 'parent death signal', call: 'prctl', args: [PR.SET_PDEATHSIG, SIGKILL, 0, 0, 0] },
  ];
}

/** What is not finite is not limited. @param withoutCgroup nothing limits the container as a whole. */
export function limitSteps(
  limits: { readonly processes: number; readonly memoryBytes: number },
  withoutCgroup = true,
): Step[] {
  const limit = (name: string, resource: number, value: number): Step[] => {
    if (!Number.isFinite(value)) return [];
    const both = Buffer.alloc(16);
    both.writeBigUInt64LE(BigInt(value), 0);
    both.writeBigUInt64LE(BigInt(value), 8);
    // A lower hard limit of morsel's own cannot be raised, and need not be.
    return [{ name, call: 'prlimit64', args: [0, resource, both, 0], onError: 'ignore' }];
  };
  const core = limit('core limit', RLIMIT.CORE, 0);
  if (!withoutCgroup) return core;
  const processes = limit('process limit', RLIMIT.NPROC, limits.processes);
  return [...core, ...processes, ...limit('memory limit', RLIMIT.DATA, limits.memoryBytes)];
}

export function changeDirectoryStep(path: string): Step {
  return { name: `chdir to ${path}`, call: 'chdir', args: [path] };
}

export function sessionStep(): Step {
  // A session of its own has no controlling terminal: /dev/tty of the host is out of reach.
  return { name: 'setsid', call: 'setsid', args: [], onError: 'ignore' };
}

/** Loopback up, as in every container: ioctl(SIOCSIFFLAGS) with a struct ifreq of `lo`. */
export function loopbackSteps(): Step[] {
  const ifreq = Buffer.alloc(40);
  ifreq.write('lo', 0, 'latin1');
  ifreq.writeUInt16LE(0x41, 16); // IFF_UP | IFF_RUNNING
  const fd = STATUS_FD + 1;
  return [
    // socket() gives the lowest free number: this one, once everything inherited is closed.
    { name: 'close inherited files', call: 'close_range', args: [fd, ALL_FDS, 0] },
    { name: 'socket', call: 'socket', args: [2, 2, 0] },
    { name: 'loopback up', call: 'ioctl', args: [fd, 0x8914, ifreq] },
    { name: 'close', call: 'close', args: [fd] },
  ];
}

/** The root and the mounts that `docker run` gives, made on top of `root` and then made the only thing there is. */
export function mountSteps(plan: {
  readonly root: string;
  readonly readOnlyRoot: boolean;
  readonly hostname: string;
  readonly newNetwork: boolean;
  /** Run when /dev is there and before the binds: their targets, where the root lacks them. */
  readonly beforeBinds: readonly Step[];
  readonly binds: readonly BindMount[];
}): Step[] {
  const { root } = plan;
  return [
    bind('the root', root, root),
    ...(plan.readOnlyRoot ? [readOnly(root)] : []),
    mount('/proc', 'proc', `${root}/proc`, MS.NOSUID | MS.NODEV | MS.NOEXEC, ''),
    ...protectProcSteps(root),
    ...deviceSteps(`${root}/dev`),
    ...systemSteps(`${root}/sys`, plan.newNetwork),
    ...plan.beforeBinds,
    ...plan.binds.flatMap(({ source, target, readOnly: ro }) => [
      bind(target, source, `${root}${target}`),
      ...(ro ? [readOnly(`${root}${target}`)] : []),
    ]),
    { name: 'hostname', call: 'sethostname', args: [plan.hostname, Buffer.byteLength(plan.hostname)] },
    { name: 'chdir to the root', call: 'chdir', args: [root] },
    // pivot_root(2), "pivot_root(".", ".")": the old root lands on top of the new one, and is taken away from there.
    { name: 'pivot_root', call: 'pivot_root', args: ['.', '.'] },
    { name: 'leave the old root', call: 'umount2', args: ['.', MNT_DETACH] },
    { name: 'chdir to /', call: 'chdir', args: ['/'] },
  ];
}

/** The device files that docker makes, each bound from the host's own: mknod is not allowed in a user namespace. */
function deviceSteps(dev: string): Step[] {
  const nodes = DEVICE_NODES.flatMap((name) => [
    emptyFile(`${dev}/${name}`),
    bind(`/dev/${name}`, `/dev/${name}`, `${dev}/${name}`),
  ]);
  const links = Object.entries(DEVICE_LINKS).map(([name, target]): Step => {
    return { name: `/dev/${name}`, call: 'symlinkat', args: [target, AT_FDCWD, `${dev}/${name}`] };
  });
  return [
    mount('/dev', 'tmpfs', dev, MS.NOSUID, 'mode=755,size=65536k'),
    ...nodes,
    ...links,
    ...['pts', 'shm', 'mqueue'].map((name): Step => {
      return { name: `/dev/${name}`, call: 'mkdirat', args: [AT_FDCWD, `${dev}/${name}`, 0o755] };
    }),
    mount('/dev/pts', 'devpts', `${dev}/pts`, MS.NOSUID | MS.NOEXEC, 'newinstance,ptmxmode=0666,mode=0620'),
    mount('/dev/shm', 'tmpfs', `${dev}/shm`, MS.NOSUID | MS.NODEV | MS.NOEXEC, SHM_OPTIONS),
    mount('/dev/mqueue', 'mqueue', `${dev}/mqueue`, MS.NOSUID | MS.NODEV | MS.NOEXEC, ''),
  ];
}

export const DEVICE_NODES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];
export const DEVICE_LINKS: Readonly<Record<string, string>> = {
  ptmx: 'pts/ptmx',
  fd: '/proc/self/fd',
  stdin: '/proc/self/fd/0',
  stdout: '/proc/self/fd/1',
  stderr: '/proc/self/fd/2',
};

/** An empty file in the new /dev, for something that is bound over it. */
export function emptyFile(path: string): Step {
  return { name: path, call: 'mknodat', args: [AT_FDCWD, path, S_IFREG | 0o644, 0] };
}

function systemSteps(sys: string, newNetwork: boolean): Step[] {
  const flags = MS.NOSUID | MS.NODEV | MS.NOEXEC | MS.RDONLY;
  const bound = bind('/sys', '/sys', sys);
  // sysfs shows the network devices of the namespace that mounts it, so only an owner of that namespace may do it.
  const fresh = { ...mount('/sys', 'sysfs', sys, flags, ''), onError: bound };
  return [newNetwork ? fresh : bound, readOnly(sys), ...hide(sys, ['firmware'], '/sys')];
}

/** runc's defaults, as docker sets them (moby oci/defaults.go): a container's root must not reach these. */
export const MASKED_PROC = [
  'acpi',
  'asound',
  'kcore',
  'keys',
  'latency_stats',
  'timer_list',
  'sched_debug',
  'scsi',
];
export const READ_ONLY_PROC = ['bus', 'fs', 'irq', 'sys', 'sysrq-trigger'];

function protectProcSteps(root: string): Step[] {
  const readOnlyPaths = READ_ONLY_PROC.filter((name) => existsSync(`/proc/${name}`)).flatMap((name) => [
    bind(`/proc/${name}`, `${root}/proc/${name}`, `${root}/proc/${name}`),
    readOnly(`${root}/proc/${name}`),
  ]);
  return [...readOnlyPaths, ...hide(`${root}/proc`, MASKED_PROC, '/proc')];
}

/** A file is hidden under /dev/null, a directory under an empty tmpfs; mount(2) gives ENOTDIR for the wrong one. */
function hide(parent: string, names: readonly string[], hostParent: string): Step[] {
  return names
    .filter((name) => existsSync(`${hostParent}/${name}`))
    .map((name) => ({
      ...mount(`over ${hostParent}/${name}`, 'tmpfs', `${parent}/${name}`, MS.RDONLY, 'size=0k'),
      onError: bind(`over ${hostParent}/${name}`, '/dev/null', `${parent}/${name}`),
    }));
}

function mount(name: string, type: string, target: string, flags: number, options: string): Step {
  return { name: `mount ${name}`, call: 'mount', args: [type, target, type, flags, options] };
}

function bind(name: string, source: string, target: string): Step {
  return { name: `mount ${name}`, call: 'mount', args: [source, target, 0, MS.BIND | MS.REC, 0] };
}

/** mount_setattr(2) of Linux 5.12 only adds the flag; the older remount must repeat flags that a user namespace locks. */
function readOnly(target: string): Step {
  const attributes = Buffer.alloc(32);
  attributes.writeUInt32LE(MOUNT_ATTR_RDONLY, 0);
  const flags = MS.REMOUNT | MS.BIND | MS.RDONLY;
  const args = [AT_FDCWD, target, AT_RECURSIVE, attributes, attributes.length];
  const remount = (extra: number, onError: Step['onError']): Step => {
    return {
      name: `remount ${target} read-only`,
      call: 'mount',
      args: [0, target, 0, flags | extra, 0],
      onError,
    };
  };
  const otherwise = remount(
    0,
    remount(MS.NOSUID | MS.NODEV, remount(MS.NOSUID | MS.NODEV | MS.NOEXEC, 'fail')),
  );
  return { name: `make ${target} read-only`, call: 'mount_setattr', args, onError: otherwise };
}
