import { setImmediate as nextTurn } from 'node:timers/promises';
import { MorselError } from './errors.ts';

/** Half of what a person takes for "at once": so long may work go on before it looks at the signal. */
const TURN_MS = 50;

/**
 * For long work that never waits: `await` alone only empties the queue of promises, and a signal of the system comes with
 * a turn of the event loop. `take` gives it one when the last was some time ago.
 */
export class Turns {
  readonly #signal: AbortSignal | undefined;
  readonly #what: string;
  #lastMs = performance.now();

  /** `what` is being done, for the message: `reading image.tar`. */
  constructor(signal: AbortSignal | undefined, what: string) {
    this.#signal = signal;
    this.#what = what;
  }

  /** Error: INTERRUPTED. */
  async take(): Promise<void> {
    if (performance.now() - this.#lastMs >= TURN_MS) {
      await nextTurn();
      this.#lastMs = performance.now();
    }
    if (this.#signal?.aborted === true) {
      throw new MorselError('INTERRUPTED', `interrupted while ${this.#what}`, { hint: 'start it again' });
    }
  }
}
