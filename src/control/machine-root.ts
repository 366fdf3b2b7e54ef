import { join, normalize } from 'node:path/posix';
import { MorselError } from '../core/errors.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../core/temporary-folder.ts';
import { findClosure } from '../loader/index.ts';
import { type PackageFamily, packageFamily } from '../packages/index.ts';
import { directoryTree, type FileTree, mountedTree } from '../rootfs/index.ts';
import type { BindMount } from '../sandbox/index.ts';
import { canonicalTarget, closedPaths, machineView } from './machine-view.ts';
import { machineFiles } from './machine-files.ts';
import type { SourceUser } from './machine-users.ts';
import { makeSkeleton } from './make-skeleton.ts';
import { programDirectory } from './program-directory.ts';
import { isSeenIn, type Place, planRoot, type PlannedDirectory } from './root-plan.ts';
import type { SourceRoot } from './source-root.ts';

export interface MachineRootOptions {
  /** The program's file on this machine, and its place in the image. */
  readonly program: {
    readonly source: string;
    readonly target: string;
    /** It was compiled here, and has no capabilities. Default: who runs it asks. */
    readonly isPlain?: boolean;
  };
  /** Other programs of the same image. */
  readonly otherPrograms?: readonly Place[];
  /** The image's user, as its passwd has it. */
  readonly user: SourceUser;
  /** Empty directories that the image has, such as /tmp (0o1777): what may be written to is to be alike in both. */
  readonly directories?: readonly PlannedDirectory[];
  /** Files and directories of this machine at other places: what `--add` brings. */
  readonly mounts?: readonly Omit<BindMount, 'readOnly'>[];
}

/** No package brings a program into other places (FHS 3.0), and to ask takes a tenth of a second. */
const MAY_BE_PACKAGED = /^\/(?!usr\/local\/|home\/|root\/|run\/|srv\/|tmp\/|var\/|mnt\/|media\/)/;

/**
 * This machine's own root for control runs: what packages brought, this program, and nothing else of the machine; see
 * docs/explanation/control-run.md. Errors: UNSUPPORTED (the program's place cannot be shown), WRITE_FAILED, DISK_FULL.
 */
export function machineRoot(options: MachineRootOptions): SourceRoot {
  const machine = directoryTree('/');
  const source = machine.resolve(options.program.source)?.path ?? options.program.source;
  const mayBePackaged = options.program.isPlain !== true && MAY_BE_PACKAGED.test(source);
  const family = mayBePackaged ? packageFamily(machine, source) : null;
  const folder = makeTemporaryFolder('control');
  try {
    return openMachineRoot(options, { machine, source, family, folder });
  } catch (error) {
    removeTemporaryFolder(folder);
    throw error;
  }
}

interface MachineFacts {
  readonly machine: FileTree;
  /** Real path of the program's file. */
  readonly source: string;
  readonly family: PackageFamily | null;
  readonly folder: string;
}

function openMachineRoot(options: MachineRootOptions, facts: MachineFacts): SourceRoot {
  const { machine, source, family, folder } = facts;
  const view = machineView(machine, family);
  const own = family === null ? programDirectory(source, machine) : null;
  const files = machineFiles(folder, machine, options.user);
  const canonical = ({ source: from, target }: Place): Place => {
    return { source: machine.resolve(from)?.path ?? from, target: canonicalTarget(view, machine, target) };
  };
  const closed = closedPaths().map((path) => files.closed(path));
  // A package's own libraries lie in directories of packages.
  const others = (options.otherPrograms ?? []).flatMap((other) => librariesOf(machine, other.source));
  const libraries = [...(family === null ? librariesOf(machine, source) : []), ...others];
  const more = furtherPlaces(options, source, own, libraries).map(canonical);
  const places = [...view.places, ...closed, ...files.replaced, ...more];
  const plan = planRoot(
    places.filter((place) => !isThereAlready(place, places)),
    files.absent,
    machine,
  );
  const root = join(folder, 'root');
  makeSkeleton(root, {
    directories: [...view.directories, ...plan.directories, ...(options.directories ?? [])],
    links: [...view.links, ...plan.links],
  });
  const mounts = plan.mounts.map((place) => ({ ...place, readOnly: true }));
  const tree = mountedTree(root, mounts);
  return {
    kind: 'machine',
    description: 'on this machine',
    root,
    mounts,
    plainFiles: new Set(
      options.program.isPlain === true ? [canonicalTarget(view, machine, options.program.target)] : [],
    ),
    tree,
    answers: files.answers,
    ownersOf: async (paths) => {
      // Loaded here: a run that needs no more files asks for no owner.
      const { machineOwners } = await import('./machine-owners.ts');
      return machineOwners({ machine, programDirectory: own }, paths);
    },
    remove: () => removeTemporaryFolder(folder),
  };
}

/** The program with its directory, which looks for it only at its own place, and what the caller gives. */
function furtherPlaces(
  options: MachineRootOptions,
  source: string,
  own: string | null,
  libraries: readonly string[],
): readonly Place[] {
  const { program, otherPrograms = [], mounts = [] } = options;
  const staysThere = program.target === source || program.target === program.source;
  return [
    ...(own !== null && staysThere ? [{ source: own, target: own }] : []),
    ...libraries.map((file) => ({ source: file, target: file })),
    ...mounts,
    ...otherPrograms,
    { source, target: program.target },
  ];
}

/** Libraries may lie in somebody's home, and an RPATH lead there; the image has them as well. */
function librariesOf(machine: FileTree, path: string): readonly string[] {
  try {
    const closure = findClosure({ tree: machine, path });
    return closure.libraries.map((library) => normalize(library.path));
  } catch (error) {
    // A script, or what nothing can run: its run says so.
    if (error instanceof MorselError) return [];
    throw error;
  }
}

/** A file of a directory that is seen at its own place. */
function isThereAlready({ source, target }: Place, places: readonly Place[]): boolean {
  return (
    source === target &&
    places.some(
      (other) => other.source === other.target && other.target !== target && isSeenIn([other], target),
    )
  );
}
