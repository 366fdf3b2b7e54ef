/** What a command gets beside its own options, and how it answers. */
export interface CommandContext {
  /** Aborted by SIGINT, SIGTERM and SIGHUP. */
  readonly signal: AbortSignal;
  /** Set by a command whose answer is not 0. */
  exitCode: number;
  readonly format: string | undefined;
  /** Set by `run`: the first signal goes to the program in the container, as under docker; the next one aborts. */
  takeSignal?: ((signal: NodeJS.Signals) => void) | undefined;
}
