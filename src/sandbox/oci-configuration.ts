import { MASKED_PROC, READ_ONLY_PROC } from './launcher-steps.ts';
import { EMULATOR_PATH, type PreparedRequest } from './container-plan.ts';

export interface OciOptions {
  /** Name of a cgroup to make and to limit; null for none. */
  readonly cgroup: string | null;
  readonly args: readonly string[];
  /** The container's user namespace owns its network namespace, so that it may mount a sysfs of its own. */
  readonly ownsNetwork: boolean;
}

/** What the launcher needs to become the user, and to give up these too. */
const CAPABILITIES = ['CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP'];

/** config.json of the OCI runtime specification, with the mounts that `docker run` gives (moby oci/defaults.go). */
export function ociConfiguration(request: PreparedRequest, options: OciOptions): unknown {
  const namespaces = ['pid', 'ipc', 'uts', 'mount', ...(request.network === 'none' ? ['network'] : [])];
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
      noNewPrivileges: true,
      capabilities: {
        bounding: CAPABILITIES,
        effective: CAPABILITIES,
        inheritable: [],
        permitted: CAPABILITIES,
        ambient: [],
      },
    },
    root: { path: request.root, readonly: request.readOnlyRoot },
    hostname: request.hostname,
    mounts: [...systemMounts(options.ownsNetwork), ...bindMounts(request)],
    linux: {
      namespaces: namespaces.map((type) => ({ type })),
      maskedPaths: [...MASKED_PROC.map((name) => `/proc/${name}`), '/sys/firmware'],
      readonlyPaths: READ_ONLY_PROC.map((name) => `/proc/${name}`),
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

function systemMounts(ownsNetwork: boolean): readonly object[] {
  const mount = (destination: string, type: string, options: readonly string[]): object => {
    return { destination, type, source: type, options };
  };
  const locked = ['nosuid', 'noexec', 'nodev'];
  return [
    mount('/proc', 'proc', locked),
    mount('/dev', 'tmpfs', ['nosuid', 'strictatime', 'mode=755', 'size=65536k']),
    mount('/dev/pts', 'devpts', ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620']),
    mount('/dev/shm', 'tmpfs', [...locked, 'mode=1777', 'size=65536k']),
    mount('/dev/mqueue', 'mqueue', locked),
    ownsNetwork
      ? mount('/sys', 'sysfs', [...locked, 'ro'])
      : { destination: '/sys', type: 'none', source: '/sys', options: ['rbind', ...locked, 'ro'] },
  ];
}

function bindMounts({ binds, emulator }: PreparedRequest): readonly object[] {
  const all =
    emulator === null ? binds : [{ source: emulator, target: EMULATOR_PATH, readOnly: true }, ...binds];
  return all.map(({ source, target, readOnly }) => {
    return {
      destination: target,
      type: 'bind',
      source,
      options: ['rbind', 'rprivate', readOnly ? 'ro' : 'rw'],
    };
  });
}
