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

interface PackedPathBase {
  /** Where it goes in the image: the path by which it was used, where no link of the image leads there. */
  readonly path: string;
  readonly owner: Owner;
  /** "read by the program on this machine (package nginx-common)" */
  readonly reason: string;
}

export type PackedPath = PackedFile | PackedDirectory | PackedLink;

export interface PackedFile extends PackedPathBase {
  readonly kind: 'file';
  /** Its canonical path in the source root. */
  readonly source: string;
  /** Its bytes where they are not those of the source root; see `SourceRoot.answers`. */
  readonly content: string | null;
  readonly sizeBytes: number;
  readonly mode: number;
}

export interface PackedDirectory extends PackedPathBase {
  readonly kind: 'directory';
  readonly mode: number;
}

export interface PackedLink extends PackedPathBase {
  readonly kind: 'link';
  readonly target: string;
}

export interface NamedPath {
  readonly path: string;
  /** Why it is not packed: "in no package: it is this machine's own". */
  readonly reason: string;
  /** A socket that a service of the machine would listen on, or a file. */
  readonly kind: 'file' | 'service';
  /** Its content was read or executed; otherwise the program only looked whether it is there. */
  readonly isContent: boolean;
}

export interface PartialDirectory {
  readonly path: string;
  readonly packedFiles: number;
  readonly files: number;
  /** Bytes of those that are not packed. */
  readonly leftBytes: number;
}
