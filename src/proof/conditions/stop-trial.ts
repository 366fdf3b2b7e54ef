import type { RunningContainer, RunResult } from '../../sandbox/index.ts';
import { dockerExitCode } from '../judge.ts';
import { stopContainer } from '../stop-container.ts';
import type { ExpectedStop } from './conditions.ts';

/** Tells a program to end as its check says, and judges how it does. */
export class StopTrial {
  /** null: it had ended before it was told. */
  hasEnded: boolean | null = null;
  #isDropped = false;
  readonly #expected: ExpectedStop;

  constructor(expected: ExpectedStop) {
    this.#expected = expected;
  }

  /** What does not end in time is killed. */
  async stop(container: Pick<RunningContainer, 'drops' | 'kill' | 'exited' | 'hasExited'>): Promise<void> {
    if (container.hasExited()) return;
    const { signal, withinSeconds } = this.#expected;
    this.#isDropped = container.drops(signal.number);
    this.hasEnded = await stopContainer(container, signal.number, withinSeconds * 1000);
    if (!this.hasEnded) container.kill('SIGKILL');
  }

  problem(ended: RunResult): string | null {
    const { signal, withinSeconds, exitCode } = this.#expected;
    if (ended.timedOut) return `was not ready for ${signal.name} in its time`;
    const code = dockerExitCode(ended) ?? 'none';
    if (this.hasEnded === null) return `ended before ${signal.name} was sent, exit code ${code}`;
    if (!this.hasEnded)
      return this.#isDropped
        ? `${signal.name} does not end it: PID 1 gets no signal for which it has no handler (handle it, or build with --init)`
        : `did not end within ${withinSeconds} s of ${signal.name}`;
    return code === exitCode ? null : `ended by ${signal.name} with exit code ${code}, expected ${exitCode}`;
  }
}
