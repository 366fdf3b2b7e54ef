import { type HintedPath, type Need, type NeedSupply } from '../../needs/index.ts';
import {
  entryFromTree,
  type FileTree,
  type LayerEntry,
  type LayerFile,
  readCapability,
} from '../../rootfs/index.ts';
import type { Placement, RungProgram } from '../candidates/candidate.ts';
import { addedEntries } from '../request/added-paths.ts';
import type { BuildRequest } from '../request/build-request.ts';
import type { LibraryEntries } from './closure-of-program.ts';
import { type LoadedProgram, programOfItself } from './loaded-program.ts';

/** All that is read before anything is decided. */
export interface PlanMaterial {
  readonly program: RungProgram;
  /** The program's file, at its place in the image. */
  readonly programFile: LayerFile;
  /** It has file capabilities, or may have and nobody here can tell; a linker gives none. */
  readonly capabilities: 'none' | 'kept' | 'unknown';
  /** Its own libraries are to be found in `tree`: it is dynamic, and no base brings them. */
  readonly isDynamic: boolean;
  /** What it will want at run time, in this environment. */
  needs(env: Readonly<Record<string, string>>): readonly Need[];
  /** What it names of the files of `tree`. */
  hints(needs: readonly Need[]): readonly HintedPath[];
  /** Its loader and libraries, with those that its needs name and those of the objects that are added. */
  libraries(supplied: NeedSupply['libraries']): LibraryEntries;
  /** What the user adds. */
  readonly added: readonly LayerEntry[];
  /** Where files are taken from: this machine's `/`. */
  readonly tree: FileTree;
}

/** Errors: WONT_RUN when a library is not in the tree; those of reading the program and the added paths. */
export async function readMaterial(
  request: BuildRequest,
  program: RungProgram,
  placement: Placement,
  tree: FileTree,
): Promise<PlanMaterial> {
  const loaded = await loadedProgram(program, placement, tree);
  const added = addedEntries(request.add);
  const libraries = placement.kind === 'scratch' ? await librariesOf(loaded, added) : noLibraries;
  return {
    program,
    ...(await readProgramFile(program, loaded.path, tree)),
    isDynamic: loaded.closure !== null,
    needs: loaded.needs,
    hints: loaded.hints,
    libraries,
    added,
    tree,
  };
}

/** Only a program that is loaded in this image has its libraries looked for; the loader's part is not loaded before. */
async function loadedProgram(
  program: RungProgram,
  placement: Placement,
  tree: FileTree,
): Promise<LoadedProgram> {
  if (program.facts.interpreter === null || placement.kind !== 'scratch')
    return programOfItself(program, tree);
  const { programWithClosure } = await import('./closure-of-program.ts');
  return programWithClosure(program, tree);
}

const noLibraries = (): LibraryEntries => ({ entries: [], findings: [] });

/** Those of the program, and those of what the user adds: a plugin has needs of its own. */
async function librariesOf(
  loaded: LoadedProgram,
  added: readonly LayerEntry[],
): Promise<PlanMaterial['libraries']> {
  if (loaded.closure === null && added.length === 0) return noLibraries;
  const { libraryEntries } = await import('./closure-of-program.ts');
  return (supplied) => libraryEntries(loaded, supplied, added);
}

async function readProgramFile(
  program: RungProgram,
  path: string,
  tree: FileTree,
): Promise<Pick<PlanMaterial, 'programFile' | 'capabilities'>> {
  const reason = program.toolchain === null ? 'the program' : `the program, by ${program.toolchain}`;
  const programFile = entryFromTree(tree, program.path, path, { reason, mode: 0o755 });
  // A linker gives none; a program that was installed may have some (`ping`).
  const xattrs = program.toolchain === null ? await capabilitiesOf(program.path, tree) : {};
  if (xattrs === null) return { programFile, capabilities: 'unknown' };
  if (Object.keys(xattrs).length === 0) return { programFile, capabilities: 'none' };
  return {
    programFile: { ...programFile, xattrs, reason: `${reason}, with its file capabilities` },
    capabilities: 'kept',
  };
}

async function capabilitiesOf(
  path: string,
  tree: FileTree,
): Promise<Readonly<Record<string, Buffer>> | null> {
  const onDisk = tree.hostPath?.(path) ?? null;
  return onDisk === null ? null : readCapability(onDisk);
}
