import type { Use } from './file-calls.ts';
import type { Gaps } from './gaps.ts';
import type { Observation, PathUse } from './observation.ts';
import type { TraceLimits } from './trace-limits.ts';

type OpenUse = { -readonly [U in keyof PathUse]: PathUse[U] };

/** What comes of a trace, within its limits. */
export class FoundPaths {
  readonly #limits: TraceLimits;
  readonly #gaps: Gaps;
  readonly #found = new Map<string, OpenUse>();
  readonly #unnamed = new Set<string>();
  readonly #missed = new Set<string>();
  readonly #refused = new Set<string>();
  readonly #notExecuted = new Set<string>();
  readonly #sockets = new Set<string>();
  #units = 0;

  constructor(limits: TraceLimits, gaps: Gaps) {
    this.#limits = limits;
    this.#gaps = gaps;
  }

  /** By the name that the program gave. */
  addFound(path: string, uses: readonly Use[]): void {
    this.#use(path, uses);
    this.#unnamed.delete(path);
  }

  /** By the name that the kernel gave. */
  addUnnamed(path: string, uses: readonly Use[]): void {
    if (!this.#found.has(path) && this.#use(path, uses)) this.#unnamed.add(path);
    else this.#use(path, uses);
  }

  addMissed(path: string): void {
    this.#add(this.#missed, path);
  }

  addRefused(path: string): void {
    this.#add(this.#refused, path);
  }

  addNotExecuted(path: string): void {
    this.#add(this.#notExecuted, path);
  }

  addSocket(path: string): void {
    this.#add(this.#sockets, path);
  }

  observation(started: boolean): Observation {
    return {
      started,
      found: this.#found,
      unnamed: this.#unnamed,
      missed: this.#missed,
      refused: this.#refused,
      notExecuted: this.#notExecuted,
      sockets: this.#sockets,
      gaps: this.#gaps.inWords(),
    };
  }

  #use(path: string, uses: readonly Use[]): boolean {
    let known = this.#found.get(path);
    if (known === undefined) {
      if (!this.#hasRoom(this.#found, path)) return false;
      known = { isRead: false, isWritten: false, isExecuted: false, isListed: false, isStatted: false };
      this.#found.set(path, known);
    }
    for (const use of uses) known[use] = true;
    return true;
  }

  #add(paths: Set<string>, path: string): void {
    if (!paths.has(path) && this.#hasRoom(paths, path)) paths.add(path);
  }

  #hasRoom(paths: { readonly size: number }, path: string): boolean {
    const hasRoom = paths.size < this.#limits.paths && this.#units + path.length <= this.#limits.pathUnits;
    if (hasRoom) this.#units += path.length;
    else this.#gaps.add('tooManyPaths');
    return hasRoom;
  }
}
