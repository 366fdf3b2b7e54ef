import type { ByteSource } from '../core/byte-source.ts';

/**
 * A read-only file tree: the machine's `/`, an unpacked image, or an image's layers read in place. Every path is
 * absolute, `/`-separated and *inside* the tree: `..` and symbolic links cannot leave it. Reads are synchronous.
 */
export interface FileTree {
  /** For messages: `/`, `image.tar`. */
  readonly name: string;
  /** The entry at `path`; the directories above it are resolved (in the tree), the last component is not. */
  lstat(path: string): FileTreeEntry | null;
  /** Names in a directory, sorted by bytes; [] where it is not one. */
  list(path: string): readonly string[];
  /** The content of the regular file that `path` leads to, symbolic links followed inside the tree; null if none. */
  open(path: string): ByteSource | null;
  /** The path with every symbolic link resolved, and what is there; null when nothing is, or after 40 links (ELOOP). */
  resolve(path: string): ResolvedEntry | null;
  /** Where the file at `path` lies on this machine, links resolved, for what only a tool can tell of it (attributes). */
  hostPath?(path: string): string | null;
  /** Of an image: directories and links of lower layers whose place upper ones took, the first of them. */
  readonly replacements?: readonly Replacement[];
}

/** All that was below the path, or was found through it, is gone. */
export interface Replacement {
  /** As the layer's archive names it. */
  readonly path: string;
  /** `a directory`, `a link to usr/lib64`. */
  readonly was: string;
  /** What is there now; null: nothing (a whiteout). */
  readonly is: string | null;
  /** Which layer did it: 1 is the lowest. */
  readonly layer: number;
}

/** A tree whose paths can all be visited. */
export interface WalkableTree extends FileTree {
  /**
   * Every path below `/`, a directory before what is in it, otherwise in no order. It costs the same wherever a path is:
   * a tree may be 2,000 directories deep, and to `resolve` each path of it would take a thousand times as long.
   */
  walk(): Iterable<WalkedPath>;
}

export interface WalkedPath {
  readonly path: string;
  readonly entry: FileTreeEntry;
  /** A hard link: the same file has been walked under another name. */
  readonly isFurtherName: boolean;
  /** As `FileTree.open`, for a regular file. */
  open(): ByteSource | null;
}

export interface FileTreeEntry {
  readonly kind: 'file' | 'directory' | 'symlink' | 'other';
  /** Permission bits with setuid, setgid and sticky: 0o7777 at most. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  /** Target text of a symlink, '' otherwise. */
  readonly target: string;
  /** The attribute security.capability of a file, where the tree knows it: an image's does. */
  readonly capability?: Uint8Array | null | undefined;
  /** Equal for two paths that are one file (hard links), as (st_dev, st_ino) is. */
  readonly identity: string;
}

export interface ResolvedEntry {
  readonly path: string;
  readonly entry: FileTreeEntry;
}
