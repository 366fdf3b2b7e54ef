/**
 * What a program, and all that it started, was seen to ask of its kernel.
 *
 * Paths are absolute, as the program named them in its own root, without `.` and empty names: links on the way are not
 * followed. Where the kernel told what an opened path led to (`openat(…, "/lib/x") = 3</usr/lib/x>`), both paths are here.
 * `..` is gone where it leaves a directory that the kernel named; after a name of which nobody can tell from a trace
 * whether it is a link, it stays (`/usr/lib/gcc/12/../../crt1.o`): a tree of files resolves it. Bytes that are not UTF-8 are
 * those of `decodeName`.
 *
 * What the kernel opens by itself no trace shows: the interpreter of a `#!` line, the loader that an ELF file names.
 */
export interface Observation {
  /** Whether the program's own start was seen; where it was not, nothing else is told. */
  readonly started: boolean;
  /** What was there, in the order of the first answer; also what the program had made itself (`isWritten`). */
  readonly found: ReadonlyMap<string, PathUse>;
  /** Of `found`, what no call named: the kernel said that an opened path, or a descriptor, leads there. */
  readonly unnamed: ReadonlySet<string>;
  /** What was asked for and was not there, once at least: it may have been made later, and be among `found` too. */
  readonly missed: ReadonlySet<string>;
  /** What was asked for and refused (EACCES, EPERM, EROFS): whether it is there was not told. */
  readonly refused: ReadonlySet<string>;
  /** Of `found`, what the kernel took for no program of this machine (ENOEXEC). */
  readonly notExecuted: ReadonlySet<string>;
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
  /** Executed by its name; an interpreter that the kernel takes by itself is not seen. */
  readonly isExecuted: boolean;
  /** A directory whose names were listed. */
  readonly isListed: boolean;
  /** Its attributes were asked for, or its link read; of a path with none of the others, all that is known. */
  readonly isStatted: boolean;
}
