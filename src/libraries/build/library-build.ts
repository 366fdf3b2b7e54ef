import { hostArchitecture } from '../../core/machines.ts';
import type { LibraryRow } from '../rows/library-row.ts';
import type { LibraryFolders } from './build-folders.ts';
import type { LibraryToolchain } from './library-toolchain.ts';

/** What the planner is told of one library. */
export interface LibraryBuild {
  readonly row: LibraryRow;
  readonly version: string;
  readonly toolchain: LibraryToolchain;
  readonly folders: LibraryFolders;
  /** `-l` names of what it needs, in the order of a link. */
  readonly needs: readonly string[];
  readonly jobs: number;
  /** The sources have a configure script. */
  readonly hasConfigure: boolean;
  /** Absolute paths of programs that the row names. */
  readonly programs: Readonly<Record<string, string>>;
  /** Words of the compiler for helpers that run on this machine. */
  readonly buildCc: readonly string[];
  /** `library 2 of 3` */
  readonly place: string;
}

/** Whether programs of the toolchain run on another machine than this one. */
export function isCross({ toolchain }: Pick<LibraryBuild, 'toolchain'>): boolean {
  return toolchain.c.architecture !== hostArchitecture();
}
