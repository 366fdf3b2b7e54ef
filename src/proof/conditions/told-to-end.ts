import { START_SECONDS } from '../default-check.ts';
import type { RunningContainer } from '../../sandbox/index.ts';
import { OBSERVED_FACTOR } from '../start-examination.ts';
import type { StopTrial } from './stop-trial.ts';

/** Looks at a program that is told to end when it is ready: it takes connections, or has lived for a while. */
export class ToldToEnd {
  readonly #trial: StopTrial;
  readonly #limitMs: number;

  constructor(trial: StopTrial, isObserved: boolean) {
    this.#trial = trial;
    this.#limitMs = START_SECONDS * 1000 * (isObserved ? OBSERVED_FACTOR : 1);
  }

  async examine(container: RunningContainer): Promise<void> {
    const { waitUntilReady } = await import('../../sandbox/index.ts');
    await waitUntilReady(container, this.#limitMs);
    await this.#trial.stop(container);
  }
}
