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
  readonly #missed = new Set<string>();
  readonly #refused = new Set<string>();
  readonly #sockets = new Set<string>();
  #units = 0;

  constructor(limits: TraceLimits, gaps: Gaps) {
    this.#limits = limits;
    this.#gaps = gaps;
  }

  addFound(path: string, uses: readonly Use[]): void {
    let known = this.#found.get(path);
    if (known === undefined) {
      if (!this.#hasRoom(this.#found, path)) return;
      known = { isRead: false, isWritten: false, isExecuted: false, isListed: false, isStatted: false };
      this.#found.set(path, known);
    }
    for (const use of uses) known[use] = true;
  }

  addMissed(path: string): void {
    this.#add(this.#missed, path);
  }

  addRefused(path: string): void {
    this.#add(this.#refused, path);
  }

  addSocket(path: string): void {
    this.#add(this.#sockets, path);
  }

  observation(started: boolean): Observation {
    return {
      started,
      found: this.#found,
      missed: this.#missed,
      refused: this.#refused,
      sockets: this.#sockets,
      gaps: this.#gaps.inWords(),
    };
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
