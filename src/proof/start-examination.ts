import type { StopSignal } from '../core/stop-signal.ts';
import type { ListeningSocket, RunningContainer } from '../sandbox/index.ts';
import { START_SECONDS } from './default-check.ts';
import { stopContainer } from './stop-container.ts';

/** What a tracer makes of a program that asks for many files. */
export const OBSERVED_FACTOR = 5;

/** Looks at a program that was only started: whether it ends, becomes a server, or lives; what lives is told to stop. */
export class StartExamination {
  /** On what it takes connections; null where it does not. */
  socket: ListeningSocket | null = null;
  readyMs = 0;
  /** It was alive when it was stopped. */
  wasStopped = false;
  /** Whether a server has ended when it was told to; null where nobody told. */
  stoppedBySignal: boolean | null = null;
  readonly #stopSignal: StopSignal | null;

  readonly #limitMs: number;

  /**
   * @param stopSignal null: a server is killed, since how it ends tells nothing of the image.
   * @param isObserved a tracer makes it slower: what would end in time is not to be taken for what lives.
   */
  constructor(stopSignal: StopSignal | null, isObserved: boolean) {
    this.#stopSignal = stopSignal;
    this.#limitMs = START_SECONDS * 1000 * (isObserved ? OBSERVED_FACTOR : 1);
  }

  async examine(container: RunningContainer): Promise<void> {
    const { waitUntilReady } = await import('../sandbox/index.ts');
    const readiness = await waitUntilReady(container, this.#limitMs);
    if (container.hasExited()) return;
    this.wasStopped = true;
    if (readiness.kind === 'ready') {
      this.socket = readiness.socket;
      this.readyMs = Math.round(readiness.elapsedMs);
      if (this.#stopSignal !== null)
        this.stoppedBySignal = await stopContainer(container, this.#stopSignal.number);
    }
    if (!container.hasExited()) container.kill('SIGKILL');
  }
}
