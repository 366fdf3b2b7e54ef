export interface DetectOptions {
  /** Which of several programs (`--bin`); a list: all of these, in one image, of which the first is started. */
  readonly bin?: string | readonly string[] | undefined;
}

/** Of one program. */
export interface DetectOneOptions {
  readonly bin?: string | undefined;
}
