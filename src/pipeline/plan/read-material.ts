import { MorselError } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import { type AskedNeeds, type HintedPath, type Need, type NeedSupply } from '../../needs/index.ts';
import {
  entryFromTree,
  type FileTree,
  type LayerEntry,
  type LayerFile,
  treeWithEntries,
} from '../../rootfs/index.ts';
import type { Placement, Program, RungBuild } from '../candidates/candidate.ts';
import { addedEntries } from '../request/added-paths.ts';
import { libraryPlace } from './library-root.ts';
import { outputsOf } from '../request/output-location.ts';
import type { BuildRequest } from '../request/build-request.ts';
import type { LibraryEntries } from './closure-of-program.ts';
import { type LoadedProgram, programOfItself } from './loaded-program.ts';
import { besidePath, placeProgram, type ProgramPlace } from './program-place.ts';
import {
  type ProgramRights,
  readRights,
  rightsFindings,
  rightsReason,
  startedFile,
} from './program-rights.ts';
import { userOf } from './plan-config.ts';
import { muslThreadFindings } from './musl-threads.ts';

/** All that is read before anything is decided. */
export interface PlanMaterial {
  /** The first is what the image starts. */
  readonly programs: readonly [ProgramMaterial, ...ProgramMaterial[]];
  /** What the user adds. */
  readonly added: readonly LayerEntry[];
  /** Where files are taken from: this machine's `/`. */
  readonly tree: FileTree;
}

/** Of one program. */
export interface ProgramMaterial {
  readonly program: Program;
  /** The program's file, at its place in the image. */
  readonly file: LayerFile;
  /** What is started: the program's file, or a link to it. */
  readonly startedPath: string;
  /** Its own libraries are to be found in `tree`: it is dynamic, and no base brings them. */
  readonly isDynamic: boolean;
  /** What it will want at run time, in this environment. */
  needs(env: Readonly<Record<string, string>>, asked?: AskedNeeds): readonly Need[];
  /** What it names of the files of `tree`. */
  hints(needs: readonly Need[]): readonly HintedPath[];
  /**
   * Its loader and libraries, with those that its needs name and those of the objects that are added.
   * @param others libraries of the image's other programs, among which it must find its own. Error: WONT_RUN.
   */
  libraries(supplied: NeedSupply['libraries'], others: readonly LayerEntry[]): LibraryEntries;
  /** What is to be said of the program's file. */
  readonly findings: readonly Finding[];
}

/** Errors: WONT_RUN when a library is not in the tree; those of reading the programs and the added paths; USAGE. */
export async function readMaterial(
  request: BuildRequest,
  programs: RungBuild['programs'],
  placement: Placement,
  tree: FileTree,
): Promise<PlanMaterial> {
  const added = addedEntries(request.add, outputsOf(request.output, request.platforms));
  const [started, ...others] = programs;
  const read = (program: Program, what: string, asked: string | null): Promise<ProgramMaterial> => {
    const place = { ...placeProgram(program, asked, tree), what };
    return readProgram(request, program, place, { placement, tree, added });
  };
  const first = await read(started, 'the program', request.programPath);
  const more: ProgramMaterial[] = [];
  for (const program of others)
    more.push(await read(program, 'another program of the build', besidePath(request.programPath, program)));
  refuseSamePlace([first, ...more]);
  return { programs: [first, ...more], added, tree };
}

/** `--path` may give the first one the name of another. */
function refuseSamePlace(programs: readonly ProgramMaterial[]): void {
  const taken = new Set<string>();
  for (const { file } of programs) {
    if (taken.has(file.path))
      throw new MorselError('USAGE', `two programs of the image would be at ${file.path}`, {
        hint: 'give another --path',
      });
    taken.add(file.path);
  }
}

interface Surroundings {
  readonly placement: Placement;
  readonly tree: FileTree;
  readonly added: readonly LayerEntry[];
}

async function readProgram(
  request: BuildRequest,
  program: Program,
  place: ProgramPlace & { readonly what: string },
  { placement, tree, added }: Surroundings,
): Promise<ProgramMaterial> {
  const rights = await readRights(program, tree);
  const isLoaded = program.facts.interpreter !== null && placement.kind === 'scratch';
  const loaded = isLoaded
    ? await loadedProgram(request, program, rights, treeWithEntries(tree, added))
    : programOfItself(program, tree);
  return {
    program,
    file: programFileOf(program, place, rights, tree),
    startedPath: place.started,
    isDynamic: loaded.closure !== null,
    needs: loaded.needs,
    hints: loaded.hints,
    libraries: placement.kind === 'scratch' ? await librariesOf(loaded, place, added) : noLibraries,
    findings: [
      ...rightsFindings(rights, place.path),
      ...preloadOfStatic(request, program),
      ...muslThreadFindings(program),
    ],
  };
}

/** Only a program that is loaded in this image has its libraries looked for; the loader's part is not loaded before. */
async function loadedProgram(
  request: BuildRequest,
  program: Program,
  rights: ProgramRights,
  tree: FileTree,
): Promise<LoadedProgram> {
  const { programWithClosure } = await import('./closure-of-program.ts');
  return programWithClosure(program, tree, {
    env: request.run.env,
    workingDirectory: request.run.workdir ?? '/',
    place: libraryPlace(request.root, program.facts),
    file: startedFile(rights),
    user: userOf(request.run),
    builderLibraryPath: request.builderLibraryPath,
  });
}

const noLibraries = (): LibraryEntries => ({ entries: [], files: [], findings: [] });

/** Those of the program, and those of what the user adds: a plugin has needs of its own. */
async function librariesOf(
  loaded: LoadedProgram,
  { path }: ProgramPlace,
  added: readonly LayerEntry[],
): Promise<ProgramMaterial['libraries']> {
  if (loaded.closure === null && added.length === 0) return noLibraries;
  const { libraryEntries } = await import('./closure-of-program.ts');
  return (supplied, others) => libraryEntries(loaded, path, supplied, { added, others });
}

function programFileOf(
  program: Program,
  { path, what }: ProgramPlace & { readonly what: string },
  rights: ProgramRights,
  tree: FileTree,
): LayerFile {
  const { mode, uid, gid, xattrs } = rights;
  const by = program.toolchain === null ? '' : `, by ${program.toolchain}`;
  const reason = `${what}${by}${rightsReason(rights)}`;
  const file = entryFromTree(tree, program.path, path, { reason, mode });
  return {
    ...file,
    ...(uid !== 0 && { uid }),
    ...(gid !== 0 && { gid }),
    ...(rights.capabilities === 'kept' && { xattrs }),
  };
}

/**
 * A static program has nobody who would preload. What is compiled here can be linked otherwise: the rung is lost.
 * Error: WONT_RUN.
 */
function preloadOfStatic({ run }: BuildRequest, { facts, toolchain }: Program): readonly Finding[] {
  const preload = run.env['LD_PRELOAD'] ?? '';
  if (facts.interpreter !== null || preload === '') return [];
  const message = `LD_PRELOAD=${preload} has no effect: the program is static`;
  const hint = 'build with --rung closure, or leave LD_PRELOAD out';
  if (toolchain === null) return [{ level: 'warning', message, hint: 'leave LD_PRELOAD out' }];
  throw new MorselError('WONT_RUN', message, { hint });
}
