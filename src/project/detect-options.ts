export interface DetectOptions {
  /** Which of several programs (`--bin`). */
  readonly bin?: string | undefined;
}
