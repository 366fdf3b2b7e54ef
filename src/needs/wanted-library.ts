/** A library that no DT_NEEDED names and that the program opens by itself. */
export interface WantedLibrary {
  /** The names that are tried, best first: one of them is enough. */
  readonly names: readonly string[];
  /** Who opens it: its own search paths count. */
  readonly openedBy: string;
  /** Without it something does not work, as far as is known; `optional` ones are named and not packed. */
  readonly priority: 'required' | 'recommended' | 'optional';
  /** What shows it: `.note.dlopen of /app (zstd, required)`. */
  readonly evidence: string;
}
