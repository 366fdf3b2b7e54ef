import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compareOutcomes, findsTheSame, type Outcome } from '../control/index.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../core/temporary-folder.ts';
import type { Observation } from '../observe/index.ts';
import { directoryTree } from '../rootfs/index.ts';
import { APART_MS } from './control-run.ts';
import { type CheckPlace, type Examination, runCheck } from './run-check.ts';

/** One job, and what it did and found. */
interface ObservedJob {
  readonly outcome: Outcome;
  readonly observation: Observation;
}

/** A job, and how it is run: as it has passed before. */
export interface TrialJob {
  readonly examination: Examination;
  readonly readOnlyRoot: boolean;
}

/**
 * Tells whether a root with less in it does the same as the whole one: the same end, the same output and the same files
 * found, but for those that it lacks.
 */
export class ObservedTrial {
  readonly #place: Omit<CheckPlace, 'root'>;
  readonly #jobs: readonly TrialJob[];
  #whole: readonly (readonly ObservedJob[])[] = [];

  /** @param place of the whole image, but for its root. */
  constructor(place: Omit<CheckPlace, 'root'>, jobs: readonly TrialJob[]) {
    this.#place = place;
    this.#jobs = jobs;
  }

  /** Twice, to know what two runs do not agree on. False where the jobs cannot be observed. */
  async learn(root: string): Promise<boolean> {
    const first = await this.#run(root);
    await sleep(APART_MS, undefined, { signal: this.#place.signal }).catch(() => {});
    const second = await this.#run(root);
    this.#whole = [first, second];
    return first.length === this.#jobs.length && this.#isSame(second, root);
  }

  async isEnough(root: string): Promise<boolean> {
    return this.#isSame(await this.#run(root), root);
  }

  #isSame(jobs: readonly ObservedJob[], root: string): boolean {
    const [first = [], second = []] = this.#whole;
    const tree = directoryTree(root);
    return (
      jobs.length === first.length &&
      jobs.every((job, index) => {
        const [one, other] = [first[index], second[index]];
        if (one === undefined || other === undefined) return false;
        const { difference } = compareOutcomes(
          [one.outcome, other.outcome],
          job.outcome,
          'in the whole image',
        );
        return difference === null && findsTheSame(one.observation, job.observation, tree);
      })
    );
  }

  /** [] where one of them was not observed. */
  async #run(root: string): Promise<readonly ObservedJob[]> {
    const { readTrace } = await import('../observe/index.ts');
    const folder = makeTemporaryFolder('trace');
    const { signal, image } = this.#place;
    try {
      const done: ObservedJob[] = [];
      for (const [index, { examination, readOnlyRoot }] of this.#jobs.entries()) {
        const traceFile = join(folder, String(index));
        const run = { ...this.#place, root, readOnlyRoot, observe: { traceFile } };
        const { observed, outcome } = await runCheck(examination, run);
        if (observed === null) return [];
        const start = { ...observed, workingDirectory: image.cwd, signal };
        done.push({ outcome, observation: await readTrace(traceFile, start) });
      }
      return done;
    } finally {
      removeTemporaryFolder(folder);
    }
  }
}
