import type { MadePlace } from '../../rootfs/index.ts';
import type { PrivilegedFile } from './privileged-files.ts';
import type { BindMount, RunRequest, Volume } from '../sandbox.ts';
import type { Terminal } from '../terminal.ts';

export interface DirectoryTimes {
  readonly path: string;
  readonly atimeNs: bigint;
  readonly mtimeNs: bigint;
}

/** What every driver is given: the request with each question about the root already answered. */
export interface PreparedRequest extends Pick<
  RunRequest,
  'argv' | 'env' | 'cwd' | 'uid' | 'gid' | 'readOnlyRoot' | 'network' | 'limits'
> {
  /** The unpacked image; read, never written to. */
  readonly image: string;
  readonly imageMode: number;
  readonly imageOwner: { readonly uid: number; readonly gid: number };
  /** Executable path as the kernel is to be given it; `argv` is what the program is to see. */
  readonly path: string;
  readonly hostname: string;
  readonly groups: readonly number[];
  readonly missing: readonly MadePlace[];
  readonly changed: readonly DirectoryTimes[];
  /** Place in the root, without symbolic links → content. */
  readonly files: Readonly<Record<string, string>>;
  /** The user's mounts; each target is a place in the root, without symbolic links. */
  readonly binds: readonly BindMount[];
  /** As `binds`, and after them. */
  readonly volumes: readonly Volume[];
  /** A static emulator that is to be seen at EMULATOR_PATH; null for programs of this machine. */
  readonly emulator: string | null;
  /** What is executed, where that gains something. */
  readonly privileged: PrivilegedFile | null;
  /** Further files of the image of which that can be said; [] for root, who gains nothing by them. */
  readonly otherPrivileged: readonly PrivilegedFile[];
  /** Somebody looks at the container, or asks it questions from outside, once it is set up. */
  readonly isObserved: boolean;
  /** The program's own; null: it has none. */
  readonly terminal: Terminal | null;
  /** A path that no root has, by which a trace tells the start of the program; null where none is taken. */
  readonly startMarker: string | null;
}

/** In the container's own /dev, which no image can have files in. */
export const EMULATOR_PATH = '/dev/.morsel-emulator';
