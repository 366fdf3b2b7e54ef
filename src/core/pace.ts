import { MorselError } from './errors.ts';

/** A tenth of the time after which a program seems not to listen. */
const SLICE_MS = 10;
/** Asking for the time is cheap, not free. */
const STEPS_BETWEEN_LOOKS = 32;

/** For long loops of synchronous calls: lets signals and timers in every 10 ms. */
export class Pace {
  #steps = 0;
  #since = Date.now();
  readonly #signal: AbortSignal | undefined;
  readonly #what: string;

  /** `what` is said when it is interrupted. */
  constructor(what: string, signal: AbortSignal | undefined) {
    this.#what = what;
    this.#signal = signal;
  }

  /** To be awaited where it is not null. Error: INTERRUPTED. */
  step(): Promise<void> | null {
    this.#steps += 1;
    if (this.#steps % STEPS_BETWEEN_LOOKS !== 0 || Date.now() - this.#since < SLICE_MS) return null;
    return this.#pause();
  }

  async #pause(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#since = Date.now();
    if (this.#signal?.aborted === true)
      throw new MorselError('INTERRUPTED', `interrupted: ${this.#what}`, { hint: 'start it again' });
  }
}
