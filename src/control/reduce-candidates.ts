import { dirname } from 'node:path/posix';
import type { PackedPath } from './candidates.ts';
import { splitByDirectories } from './path-groups.ts';

export interface ReduceOptions {
  /** Whether an image with these of the paths, in their order, does all that the whole one does. Asked twice at a time. */
  readonly isEnough: (kept: readonly PackedPath[]) => Promise<boolean>;
  readonly limits?: ReduceLimits;
  /** After each few runs. */
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

type Group = readonly PackedPath[];

/** Most of the time of a run is that of starting it; always as many, so that the answer is the same on every machine. */
const TRIED_AT_ONCE = 2;

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
      await this.#tryEach(this.#kept.map((path) => [path]));
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
    const pending: Group[] = [this.#kept];
    while (pending.length > 0 && !this.#isOver()) {
      const groups = pending.splice(-TRIED_AT_ONCE).reverse();
      const gone = await this.#leaveOut(groups);
      if (this.#isOver()) return;
      const left = groups.filter((group, index) => gone[index] !== true && group.length > 1);
      // The largest is tried next: time may end before all are.
      for (const group of left.reverse()) pending.push(...smallestFirst(splitByDirectories(group)));
    }
  }

  async #tryEach(groups: readonly Group[]): Promise<void> {
    for (let at = 0; at < groups.length && !this.#isOver(); at += TRIED_AT_ONCE)
      await this.#leaveOut(groups.slice(at, at + TRIED_AT_ONCE));
  }

  /**
   * Which of them could go, each tried without the others at the same time, and then with those before it that went. What
   * lies in a directory goes with it: an image cannot have the one without the other.
   */
  async #leaveOut(groups: readonly Group[]): Promise<readonly boolean[]> {
    const allowed = groups.slice(0, Math.max(0, this.#limits.runs - this.#runs));
    const kept = this.#kept;
    const enough = await Promise.all(allowed.map((group) => this.#try(group)));
    const gone: boolean[] = [];
    for (const [index, group] of allowed.entries()) {
      const isAlone = this.#kept === kept;
      const isEnough = enough[index] === true && (isAlone || (!this.#isOver() && (await this.#try(group))));
      if (isEnough) this.#kept = this.#without(group);
      gone.push(isEnough);
    }
    const removed = this.#paths.length - this.#kept.length;
    this.#options.onProgress?.({ runs: this.#runs, open: this.#kept.length, removed });
    return gone;
  }

  async #try(group: Group): Promise<boolean> {
    const tried = this.#without(group);
    // Directories of what stays are not in question yet.
    if (tried.length === this.#kept.length) return false;
    this.#runs += 1;
    return this.#options.isEnough(tried);
  }

  #without(group: Group): readonly PackedPath[] {
    const gone = new Set(group);
    return withDirectories(
      this.#kept.filter((path) => !gone.has(path)),
      this.#kept,
    );
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

function smallestFirst(groups: readonly Group[]): readonly Group[] {
  const bytesOf = (group: Group): number =>
    group.reduce((sum, path) => sum + (path.kind === 'file' ? path.sizeBytes : 0), 0);
  // Of equal ones the first is tried first.
  return [...groups].reverse().sort((a, b) => bytesOf(a) - bytesOf(b));
}
