import { TEMPORARY_DIRECTORIES } from '../../core/temporary-directories.ts';
import { hostPlatform } from '../../oci/index.ts';
import type { SourceUser } from '../../control/index.ts';
import type { ControlOf, ControlRuns } from '../../proof/index.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import type { ImagePlan, PlacedProgram } from '../plan/image-plan.ts';
import type { BuildRequest } from '../request/build-request.ts';

/**
 * The control of one candidate: its programs on this machine, at their places in the image and with what the user adds. Made
 * when the first image of it is proven, and used for those that are made of it by adding files.
 */
export class CandidateControl {
  /** Null before the first proof, and where no sandbox works. */
  sandbox: Sandbox | null = null;
  runs: ControlRuns | null = null;
  /** Of the image; null before the first proof. */
  user: SourceUser | null = null;
  readonly #request: BuildRequest;
  readonly #plan: ImagePlan;
  readonly #where: string | null;

  /** @param where in the place of "on this machine". */
  constructor(request: BuildRequest, plan: ImagePlan, where: string | null = null) {
    this.#request = request;
    this.#plan = plan;
    this.#where = where;
  }

  readonly runsIn: ControlOf = async (sandbox, user) => {
    this.sandbox = sandbox;
    this.user = user;
    if (this.runs !== null) return this.runs;
    const { platform, programs, libraryFiles, companions } = this.#plan;
    const { root } = this.#request;
    if (root !== null) return `its libraries are those of ${root}, and not of this machine`;
    const host = hostPlatform();
    if (platform.architecture !== host.architecture)
      return `this machine is ${host.architecture}, and has no root of ${platform.architecture}`;
    const [{ machineRoot }, { ControlRuns: Runs }] = await Promise.all([
      import('../../control/index.ts'),
      import('../../proof/index.ts'),
    ]);
    const [first, ...others] = programs;
    const placeOf = ({ source: from, path }: PlacedProgram): { source: string; target: string } => {
      return { source: from, target: path };
    };
    const source = machineRoot({
      program: { ...placeOf(first), isPlain: this.#request.project.kind !== 'binary' },
      otherPrograms: others.map(placeOf),
      user,
      directories: TEMPORARY_DIRECTORIES.map((path) => ({ path, mode: 0o1777, uid: 0, gid: 0 })),
      mounts: [
        ...libraryFiles.map((path) => ({ source: path, target: path })),
        ...companions.map(({ source: from, path }) => ({ source: from, target: path })),
        ...this.#request.add.map(({ source: from, destination }) => ({ source: from, target: destination })),
      ],
    });
    const described = { ...source, description: this.#where ?? source.description };
    this.runs = new Runs(described, sandbox, this.#request.signal);
    return this.runs;
  };

  remove(): void {
    this.runs?.source.remove();
  }
}
