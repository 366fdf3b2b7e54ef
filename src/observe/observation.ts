/**
 * What a program, and all that it started, was seen to ask of its kernel. Paths are absolute and normalised, as the
 * program named them in its own root: links on the way are not followed.
 */
export interface Observation {
  /** Whether the program's own start was seen; where it was not, nothing else is told. */
  readonly started: boolean;
  /** What was there, in the order of the first question. */
  readonly found: ReadonlyMap<string, PathUse>;
  /** What was asked for and was not there. */
  readonly missed: ReadonlySet<string>;
  /** Sockets in the file system that it connected to, or tried to. */
  readonly sockets: ReadonlySet<string>;
  /** Why it may be incomplete, in words; [] when nothing tells that it is. */
  readonly gaps: readonly string[];
}

/** How a path was used; more than one may hold. */
export interface PathUse {
  /** Opened so that its content can be read. */
  readonly isRead: boolean;
  /** Opened so that it can be written, made, renamed or removed. */
  readonly isWritten: boolean;
  /** Executed, also as an interpreter. */
  readonly isExecuted: boolean;
  /** A directory whose names were listed. */
  readonly isListed: boolean;
  /** Its attributes were asked for, or its link read; of a path with none of the others, all that is known. */
  readonly isStatted: boolean;
}
