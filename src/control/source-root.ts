import type { FileTree } from '../rootfs/index.ts';
import type { BindMount } from '../sandbox/index.ts';
import type { Owner } from './owner.ts';

/**
 * A root in which a program is known to work, and with which its image is compared: this machine's own, or an original
 * image. It is only read.
 */
export interface SourceRoot {
  /** `machine`: what nobody's package brought is somebody's own. `image`: all of it was put there to be shipped. */
  readonly kind: 'machine' | 'image';
  /** In words, as in "on this machine". */
  readonly description: string;
  /** Absolute path of the root directory to run in, as `RunRequest.root`. */
  readonly root: string;
  /** What is seen in it of elsewhere, as `RunRequest.mounts`; all read-only. */
  readonly mounts: readonly BindMount[];
  /** As `RunRequest.plainFiles`. */
  readonly plainFiles: ReadonlySet<string>;
  /** The files that a program in it sees. */
  readonly tree: FileTree;
  /** What an image gets in the place of files that say who works on this machine: path → content. */
  readonly answers: ReadonlyMap<string, string>;
  /** Whose each path is. Asked of candidates alone: package databases are large. */
  ownersOf(paths: readonly string[]): Promise<ReadonlyMap<string, Owner>>;
  /** Removes what was made for it. */
  remove(): void;
}
