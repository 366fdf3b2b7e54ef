import type { PreparedRequest } from '../prepare/prepared-request.ts';
import { GAINABLE_CAPABILITIES, hiddenProcPaths, readOnlyProcPaths } from '../description.ts';

export interface OciOptions {
  /** Absolute path of the finished root. */
  readonly root: string;
  /** Name of a cgroup to make and to limit; null for none. */
  readonly cgroup: string | null;
  readonly args: readonly string[];
  readonly gainsPrivileges: boolean;
}

/** What the launcher needs to become the user, and to give up these too. */
const LAUNCHER_CAPABILITIES = ['CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP'];
/** And where it may not set no_new_privs: to install the filter nevertheless (seccomp(2)), and what it leaves. */
const GAINING_CAPABILITIES = [
  ...LAUNCHER_CAPABILITIES,
  'CAP_SYS_ADMIN',
  ...Object.keys(GAINABLE_CAPABILITIES),
];

/** config.json of the OCI runtime specification, for a root in which all but /proc is mounted already. */
export function ociConfiguration(request: PreparedRequest, options: OciOptions): unknown {
  const { gainsPrivileges } = options;
  const capabilities = [...new Set(gainsPrivileges ? GAINING_CAPABILITIES : LAUNCHER_CAPABILITIES)];
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      // The launcher becomes the user: an ordinary one may not open /proc/self/fd of the undumpable process that it
      // still is when it executes the launcher, which is thus in no path of the root.
      user: { uid: 0, gid: 0 },
      args: options.args,
      env: [],
      cwd: '/',
      noNewPrivileges: !gainsPrivileges,
      capabilities: {
        bounding: capabilities,
        effective: capabilities,
        inheritable: [],
        permitted: capabilities,
        ambient: [],
      },
    },
    root: { path: options.root, readonly: request.readOnlyRoot },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
      // As it is: neither runtime makes devices in a /dev that is bound.
      { destination: '/dev', type: 'bind', source: `${options.root}/dev`, options: ['rbind'] },
    ],
    linux: {
      // Everything else is shared with the namespaces around the runtime, which hold nothing but this container.
      namespaces: [{ type: 'pid' }, { type: 'mount' }],
      maskedPaths: hiddenProcPaths(),
      readonlyPaths: readOnlyProcPaths(),
      ...(options.cgroup === null ? {} : cgroupPart(request, options.cgroup)),
    },
  };
}

function cgroupPart({ limits }: PreparedRequest, name: string): object {
  const resources = {
    ...(Number.isFinite(limits.processes) ? { pids: { limit: limits.processes } } : {}),
    ...(Number.isFinite(limits.memoryBytes) ? { memory: { limit: limits.memoryBytes } } : {}),
  };
  return { cgroupsPath: `/${name}`, resources };
}
