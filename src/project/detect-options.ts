export interface DetectOptions {
  /** Which of several programs (`--bin`). */
  readonly bin?: string | undefined;
  /** More C and C++ files of the same program. */
  readonly moreSources?: readonly string[] | undefined;
  /** The user names a makefile or its folder (`-f`, `-C`): the folder is built by make, whatever else it holds. */
  readonly byMake?: boolean | undefined;
}
