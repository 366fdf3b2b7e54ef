import type { Step } from './assemble-program.ts';
import type { Identity } from './identity.ts';
import type { BindMount, RunRequest, SandboxName } from './sandbox.ts';

/** How a driver is used on this machine; found by trying. */
export interface Mode {
  readonly identity: Identity;
  /**
   * `host`: the machine's /sys/fs/cgroup as it is. `private-v2`, `private-v1`: hierarchies mounted for the container
   * alone, where the runtime cannot live with what it finds. `none`: the driver needs no cgroup.
   */
  readonly cgroup: 'host' | 'private-v2' | 'private-v1' | 'none';
}

/** What every driver is given: the request with each question about the root already answered. */
export interface PreparedRequest {
  readonly root: string;
  /** Executable path as the kernel is to be given it, and the program's argv. */
  readonly path: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly uid: number;
  readonly gid: number;
  readonly readOnlyRoot: boolean;
  readonly network: RunRequest['network'];
  readonly hostname: string;
  /** The injected files of /etc, then the user's mounts; each target is there, without symbolic links. */
  readonly binds: readonly BindMount[];
  /** A static emulator that is to be seen at EMULATOR_PATH; null for programs of this machine. */
  readonly emulator: string | null;
  readonly limits: RunRequest['limits'];
  /** Somebody will ask it questions from outside, and must be able to join its network. */
  readonly isObserved: boolean;
}

/** In the container's own /dev, which no image can have files in. */
export const EMULATOR_PATH = '/dev/.morsel-emulator';

/** One run as data: what to write, what to start. */
export interface ContainerPlan {
  readonly argv: readonly string[];
  readonly launcher: readonly Step[];
  /** Further files in the run's own folder, beside `launcher`; `Step[]` is assembled to a program. */
  readonly files: Readonly<Record<string, string | readonly Step[]>>;
  /** Names under which the runtime makes cgroups, removed after a kill. */
  readonly cgroupName: string | null;
  /** runc, crun and bwrap say 128+N for a signal, unshare dies of the same signal. */
  readonly signalsAsExitCodes: boolean;
}

export interface Driver {
  readonly name: SandboxName;
  /** The programs of this machine that it needs. */
  readonly tools: readonly string[];
  /** In the order in which they are tried. */
  readonly modes: (identities: readonly Identity[]) => readonly Mode[];
  readonly isolation: (mode: Mode) => readonly string[];
  /** Decides, changes nothing. `folder` is the run's own folder, which will hold `launcher` and `files`. */
  readonly plan: (request: PreparedRequest, mode: Mode, folder: string) => ContainerPlan;
}
