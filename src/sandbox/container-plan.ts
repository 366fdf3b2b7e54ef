import type { Step } from './launcher/assemble-program.ts';
import type { DirectoryTimes } from './launcher/root-steps.ts';
import type { Identity } from './identity.ts';
import type { MountPointRequest } from './mount-points.ts';
import type { BindMount, RunRequest, SandboxName } from './sandbox.ts';

/** How a driver is used on this machine; found by trying. */
export interface Mode {
  readonly identity: Identity;
  /**
   * What limits processes and memory. `cgroup`: one that morsel makes. `runtime`: one that runc or crun makes.
   * `rlimits`: each process by itself, and the processes of a user; real root's processes are not limited so.
   */
  readonly limitedBy: 'cgroup' | 'runtime' | 'rlimits';
  /**
   * What runc and crun find at /sys/fs/cgroup: what the `host` has, or hierarchies mounted for the container alone,
   * where they cannot live with that.
   */
  readonly cgroupMounts: 'host' | 'private-v2' | 'private-v1';
}

/** What every driver is given: the request with each question about the root already answered. */
export interface PreparedRequest {
  /** The unpacked image; read, never written to. */
  readonly image: string;
  readonly imageMode: number;
  readonly imageOwner: { readonly uid: number; readonly gid: number };
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
  readonly missing: readonly MountPointRequest[];
  readonly changed: readonly DirectoryTimes[];
  /** Place in the root, without symbolic links → content. */
  readonly files: Readonly<Record<string, string>>;
  /** The user's mounts; each target is a place in the root, without symbolic links. */
  readonly binds: readonly BindMount[];
  /** A static emulator that is to be seen at EMULATOR_PATH; null for programs of this machine. */
  readonly emulator: string | null;
  readonly limits: RunRequest['limits'];
  /** Somebody looks at the container, or asks it questions from outside, once it is set up. */
  readonly isObserved: boolean;
}

/** In the container's own /dev, which no image can have files in. */
export const EMULATOR_PATH = '/dev/.morsel-emulator';

/** One run as data: what to write, what to start. */
export interface ContainerPlan {
  /** Started by the first program of the chain (`enterSteps`); absolute. */
  readonly argv: readonly string[];
  /** Between the namespaces and the runtime; empty where the launcher does it all. */
  readonly prepare: readonly Step[];
  readonly launcher: readonly Step[];
  /** Further files in the run's own folder, beside the programs. */
  readonly files: Readonly<Record<string, string>>;
  /** runc, crun and bwrap say 128+N for a signal, unshare dies of the same signal. */
  readonly signalsAsExitCodes: boolean;
}

export interface Driver {
  readonly name: SandboxName;
  /** The programs of this machine that it needs. */
  readonly tools: readonly string[];
  /** In the order in which they are tried. */
  readonly modes: (identities: readonly Identity[]) => readonly Mode[];
  /** Decides, changes nothing. `folder` is the run's own, which will hold the programs and `files`. */
  readonly plan: (request: PreparedRequest, mode: Mode, folder: string) => ContainerPlan;
}
