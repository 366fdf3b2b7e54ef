/** Keeps builds of libraries from the network and the rest of the machine, as `--sandbox-build` keeps a project's. */
export interface LibrarySandbox {
  /** Of `findBwrap`. */
  readonly bwrap: string;
  /** What system calls are refused, as a filter for this machine; null where there is none. */
  readonly seccomp: Uint8Array | null;
}
