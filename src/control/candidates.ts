import type { Owner } from './owner.ts';

/** What a program used in its source root and its image lacks, each with what is to be done about it. */
export interface Candidates {
  /** In the order of their paths; each with the directories and links on the way. */
  readonly pack: readonly PackedPath[];
  /** Used, and not to be packed by itself. */
  readonly named: readonly NamedPath[];
  /** Directories of plugins that were listed: how many of their files are packed. */
  readonly partial: readonly PartialDirectory[];
}

export interface PackedPath {
  /** Where it is in the source root and goes in the image. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'link';
  readonly owner: Owner;
  /** "read by the program on this machine (package nginx-common)" */
  readonly reason: string;
}

export interface NamedPath {
  readonly path: string;
  /** Why it is not packed: "in no package: it is this machine's own". */
  readonly reason: string;
}

export interface PartialDirectory {
  readonly path: string;
  readonly packedFiles: number;
  readonly files: number;
  /** Bytes of those that are not packed. */
  readonly leftBytes: number;
}
