export interface DetectOptions extends Omit<DetectOneOptions, 'bin'> {
  /** Which of several programs (`--bin`); a list: all of these, in one image, of which the first is started. */
  readonly bin?: string | readonly string[] | undefined;
}

/** Of one program. */
export interface DetectOneOptions {
  readonly bin?: string | undefined;
  /** More C and C++ files of the same program. */
  readonly moreSources?: readonly string[] | undefined;
  /** The user names a makefile or its folder (`-f`, `-C`): the folder is built by make, whatever else it holds. */
  readonly byMake?: boolean | undefined;
  /** The user says by which commands a folder of C and C++ is built, whatever build files it holds. */
  readonly byCommands?: boolean | undefined;
}
