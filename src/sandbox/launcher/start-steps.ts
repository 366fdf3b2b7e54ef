import type { Step } from './assemble-program.ts';
import { writeFile } from './file-steps.ts';
import { FIRST_FREE_FD, GO_FD, STATUS_FD, STDERR_FD, STDIN_FD, STDOUT_FD } from './descriptors.ts';
import { AT_FDCWD, CLOSE_RANGE_CLOEXEC, O } from './system-calls.ts';

/** A record with this step and errno 0: everything is set up, the program is about to be executed. */
export const READY_STEP = 0xffff;
const ALL_FDS = 0xffffffff;

/** Whatever was inherited beside the run's own descriptors, so that an open gives FIRST_FREE_FD. */
export function closeInheritedStep(): Step {
  return { name: 'close inherited files', call: 'close_range', args: [FIRST_FREE_FD, ALL_FDS, 0] };
}

/** A session of its own has no controlling terminal: /dev/tty of the host is out of reach. */
export function sessionStep(): Step {
  return { name: 'setsid', call: 'setsid', args: [], onError: 'ignore' };
}

export function changeDirectoryStep(path: string): Step {
  return { name: `chdir to ${path}`, call: 'chdir', args: [path] };
}

/** Loopback up, as in every container: ioctl(SIOCSIFFLAGS) with a struct ifreq of `lo`. */
export function loopbackSteps(): readonly Step[] {
  const ifreq = Buffer.alloc(40);
  ifreq.write('lo', 0, 'latin1');
  ifreq.writeUInt16LE(0x41, 16); // IFF_UP | IFF_RUNNING
  return [
    { name: 'socket', call: 'socket', args: [2, 2, 0] },
    { name: 'loopback up', call: 'ioctl', args: [FIRST_FREE_FD, 0x8914, ifreq] },
    { name: 'close', call: 'close', args: [FIRST_FREE_FD] },
  ];
}

/**
 * What moby sets for every network of a container's own (daemon/oci_linux.go, withCommonOptions): low ports and ping are for
 * all. Where a user namespace does not know all groups, ping is for that of the program. A kernel may lack either.
 */
export function openNetworkSteps(gid: number): readonly Step[] {
  const settings = [
    ['ip_unprivileged_port_start', '0'],
    // Each that is refused leaves the one before. The first is where bwrap makes a second user namespace for the program.
    ['ping_group_range', '0 0'],
    ['ping_group_range', `${gid} ${gid}`],
    ['ping_group_range', '0 2147483647'],
  ] as const;
  return settings.flatMap(([name, value]) =>
    writeFile(`/proc/sys/net/ipv4/${name}`, value, 0).map((step) => ({
      ...step,
      onError: 'ignore' as const,
    })),
  );
}

export interface Execution {
  readonly path: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Wait for a byte after the report: somebody looks at the container before the program is in it. */
  readonly waits: boolean;
  /** Absolute path of nothing, asked for just before the program is executed: where a trace begins to be about it. */
  readonly startMarker: string | null;
}

/** execve as every sandbox ends: says that it is ready, and, if the kernel refuses, with which errno. */
export function executeSteps({ path, argv, env, waits, startMarker }: Execution): readonly Step[] {
  const ready = Buffer.alloc(16);
  ready.writeUInt32LE(READY_STEP, 0);
  return [
    { name: 'umask', call: 'umask', args: [0o022] },
    // A signal mask outlives execve; the tools before us block SIGINT, SIGTERM or SIGCHLD.
    { name: 'signal mask', call: 'rt_sigprocmask', args: [2, Buffer.alloc(8), 0, 8] },
    { name: 'stdin', call: 'dup3', args: [STDIN_FD, 0, 0] },
    { name: 'stdout', call: 'dup3', args: [STDOUT_FD, 1, 0] },
    { name: 'stderr', call: 'dup3', args: [STDERR_FD, 2, 0] },
    { name: 'close-on-exec', call: 'close_range', args: [STATUS_FD, ALL_FDS, CLOSE_RANGE_CLOEXEC] },
    { name: 'report', call: 'write', args: [STATUS_FD, ready, ready.length] },
    // A launcher has no memory to write to; recv(2) waits for a byte, or the end, also where it takes none.
    ...(waits ? [{ name: 'wait', call: 'recvfrom', args: [GO_FD, 0, 0, 0, 0, 0] } as const] : []),
    ...(startMarker === null ? [] : [markStep(startMarker)]),
    {
      name: `exec ${argv[0] ?? path}`,
      call: 'execve',
      args: [path, argv, Object.entries(env).map(([k, v]) => `${k}=${v}`)],
    },
  ];
}

function markStep(path: string): Step {
  return {
    name: 'mark the start',
    call: 'openat',
    args: [AT_FDCWD, path, O.PATH | O.CLOEXEC, 0],
    onError: 'ignore',
  };
}

/** The next program of the chain that sets a container up. */
export function continueStep(argv: readonly string[], path: string): Step {
  return { name: `exec ${argv[0] ?? ''}`, call: 'execve', args: [argv[0] ?? '', argv, [`PATH=${path}`]] };
}
