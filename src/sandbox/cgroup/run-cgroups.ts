import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { MorselError } from '../../core/errors.ts';
import type { Driver, Mode } from '../container/container-plan.ts';
import { requireMachine } from '../launcher/system-calls.ts';
import type { RunRequest } from '../sandbox.ts';
import { makeCgroups } from './make-cgroups.ts';
import { startReaper } from './reaper.ts';
import { removeCgroups, removeStaleCgroups, runtimeCgroups } from './remove-cgroups.ts';

let isSwept = false;

/** What killed processes have left is looked for at the first run of a process, as with temporary folders. */
function sweepOnce(): void {
  if (!isSwept) removeStaleCgroups();
  isSwept = true;
}

/** The cgroups of one run, from before it starts until they are gone, also when morsel is killed. */
export class RunCgroups {
  readonly #mode: Mode;
  readonly #name: string;
  #all: readonly string[] = [];
  #reaper: ChildProcess | null = null;

  /** @param name also of the cgroup that runc or crun makes. */
  constructor(mode: Mode, name: string) {
    this.#mode = mode;
    this.#name = name;
  }

  /** Answers the directories that the run has to join. Error: SANDBOX_FAILED where none can be made. */
  make(driver: Driver, { limits }: RunRequest): readonly string[] {
    if (this.#mode.limitedBy === 'rlimits') return [];
    sweepOnce();
    if (this.#mode.limitedBy === 'runtime') {
      this.#all = runtimeCgroups(this.#name);
      return [];
    }
    const made = makeCgroups(this.#name, limits);
    if (made === null)
      throw new MorselError(
        'SANDBOX_FAILED',
        `${driver.name}: no cgroup can be made that limits processes and memory`,
        { hint: 'mount a cgroup hierarchy with the controllers pids and memory that may be written to' },
      );
    this.#all = made;
    return made;
  }

  /** @param folder the run's own. */
  startReaper(folder: string): void {
    if (this.#all.length > 0) this.#reaper = startReaper(join(folder, 'reaper'), requireMachine(), this.#all);
  }

  async remove(): Promise<void> {
    await removeCgroups(this.#all);
    this.#reaper?.kill('SIGKILL');
  }
}
