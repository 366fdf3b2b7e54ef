import { dirname } from 'node:path/posix';
import type { PackedPath } from './candidates.ts';
import { splitByDirectories } from './path-groups.ts';

export interface ReduceOptions {
  /** Whether an image with these of the paths, in their order, does all that the whole one does; see `isLess`. */
  readonly isEnough: (kept: readonly PackedPath[]) => Promise<boolean>;
  readonly limits?: ReduceLimits;
  /** After each run. */
  readonly onProgress?: (progress: ReduceProgress) => void;
  readonly signal?: AbortSignal | undefined;
  /** Of the clock; tests have their own. */
  readonly now?: () => number;
}

export interface ReduceLimits {
  readonly runs: number;
  readonly timeMs: number;
}

export interface ReduceProgress {
  readonly runs: number;
  /** Paths that are still in question. */
  readonly open: number;
  readonly removed: number;
}

export interface Reduction {
  readonly kept: readonly PackedPath[];
  /** What went, in the order of the paths. */
  readonly removed: readonly PackedPath[];
  readonly runs: number;
  /** Why it ended before each path had been tried; null when all were. */
  readonly stoppedBy: 'runs' | 'time' | null;
}

/** `--size smallest` of python3 takes 128 runs; each is at least half a second where the machine is slow. */
export const REDUCE_LIMITS: ReduceLimits = { runs: 400, timeMs: 90_000 };

/**
 * Leaves out what an image does without, by trying (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing
 * input", 2002; by directories first, as hierarchical delta debugging): whole subtrees, then halves of them, then single
 * paths, until none of what is left can go alone. What is kept was enough in a run of its own, whatever the oracle is
 * like; the same answers give the same result. Directories without anything kept in them are tried too: an empty one may
 * be what a program looks for. Errors: those of `isEnough`; INTERRUPTED by it.
 */
export async function reduceCandidates(
  paths: readonly PackedPath[],
  options: ReduceOptions,
): Promise<Reduction> {
  return new Reducer(paths, options).run();
}

class Reducer {
  readonly #paths: readonly PackedPath[];
  readonly #options: ReduceOptions;
  readonly #limits: ReduceLimits;
  readonly #now: () => number;
  readonly #start: number;
  #kept: readonly PackedPath[];
  #runs = 0;
  #stoppedBy: Reduction['stoppedBy'] = null;

  constructor(paths: readonly PackedPath[], options: ReduceOptions) {
    this.#paths = paths;
    this.#kept = paths;
    this.#options = options;
    this.#limits = options.limits ?? REDUCE_LIMITS;
    this.#now = options.now ?? (() => performance.now());
    this.#start = this.#now();
  }

  async run(): Promise<Reduction> {
    await this.#tryGroups();
    // What has gone since may have been what another was needed for.
    for (let before = -1; before !== this.#kept.length && this.#stoppedBy === null;) {
      before = this.#kept.length;
      for (const path of this.#kept) await this.#leaveOut([path]);
    }
    const kept = new Set(this.#kept);
    return {
      kept: this.#kept,
      removed: this.#paths.filter((path) => !kept.has(path)),
      runs: this.#runs,
      stoppedBy: this.#stoppedBy,
    };
  }

  async #tryGroups(): Promise<void> {
    const pending: (readonly PackedPath[])[] = [this.#kept];
    for (let group = pending.pop(); group !== undefined; group = pending.pop()) {
      if (await this.#leaveOut(group)) continue;
      if (this.#isOver()) return;
      if (group.length > 1) pending.push(...[...splitByDirectories(group)].reverse());
    }
  }

  /** Whether they could go. What lies in a directory goes with it: an image cannot have the one without the other. */
  async #leaveOut(group: readonly PackedPath[]): Promise<boolean> {
    if (this.#isOver()) return false;
    const gone = new Set(group);
    const rest = this.#kept.filter((path) => !gone.has(path));
    const tried = withDirectories(rest, this.#kept);
    // Directories of what stays are not in question yet.
    if (tried.length === this.#kept.length) return false;
    this.#runs += 1;
    const isEnough = await this.#options.isEnough(tried);
    if (isEnough) this.#kept = tried;
    const removed = this.#paths.length - this.#kept.length;
    this.#options.onProgress?.({ runs: this.#runs, open: this.#kept.length, removed });
    return isEnough;
  }

  #isOver(): boolean {
    if (this.#runs >= this.#limits.runs) this.#stoppedBy = 'runs';
    else if (this.#now() - this.#start >= this.#limits.timeMs) this.#stoppedBy = 'time';
    return this.#stoppedBy !== null;
  }
}

/** Of all, those that are wanted and the directories and links that lead to them. */
function withDirectories(wanted: readonly PackedPath[], all: readonly PackedPath[]): readonly PackedPath[] {
  const above = new Set<string>();
  for (const { path } of wanted)
    for (let at = dirname(path); at !== '/' && !above.has(at); at = dirname(at)) above.add(at);
  const chosen = new Set(wanted);
  return all.filter((path) => chosen.has(path) || above.has(path.path));
}
