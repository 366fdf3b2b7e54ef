import type { SandboxName } from '../../core/choices.ts';
import type { Step } from '../launcher/assemble-program.ts';
import type { Identity } from '../prepare/identity.ts';
import type { PreparedRequest } from '../prepare/prepared-request.ts';

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
  /** The program may gain what its file lets it gain. */
  readonly gainsPrivileges: boolean;
}

export interface Driver<Name extends SandboxName = SandboxName> {
  readonly name: Name;
  /** The programs of this machine that it needs. */
  readonly tools: readonly string[];
  /** In the order in which they are tried. */
  readonly modes: (identities: readonly Identity[]) => readonly Mode[];
  /** Decides, changes nothing. `folder` is the run's own, which will hold the programs and `files`. */
  readonly plan: (request: PreparedRequest, mode: Mode, folder: string) => ContainerPlan;
}
