/** Of each stream of a program. */
export const KEPT_BYTES = 1024 * 1024;

/** How a run went, as far as two runs of one job can be compared. */
export interface Outcome {
  /** null when a signal ended it, it was stopped, or it never started. */
  readonly exitCode: number | null;
  /** `SIGSEGV`; null when it ended by itself. */
  readonly signal: string | null;
  /** Why it was never started; null when it was. */
  readonly startFailure: string | null;
  /** It was alive when its time was over, or until it was told to stop: what it had printed by then is chance. */
  readonly isAlive: boolean;
  /** The first `KEPT_BYTES` of each. */
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** What a server answered: its status and body; null where nothing was asked, or nothing came. */
  readonly answer: string | null;
  /** Whether it accepted connections; null where nobody looked. */
  readonly isListening: boolean | null;
  /** Files left in the directories for temporary files, with their digests; null where nobody looked, or none could be left. */
  readonly written: ReadonlyMap<string, string> | null;
}
