import { basename, dirname, join } from 'node:path/posix';
import { MorselError } from '../../core/errors.ts';
import {
  type Closure,
  closureEntries,
  type ClosureRequest,
  findClosure,
  isDriverLibrary,
  loaderEnvironment,
  startsSecure,
} from '../../loader/index.ts';
import { findClosureNeeds, findHintedPaths, type NeedSupply } from '../../needs/index.ts';
import type { FileTree, LayerEntry } from '../../rootfs/index.ts';
import { addLibrariesOf } from './added-libraries.ts';
import { addOpenedLibraries } from './opened-libraries.ts';
import type { Program } from '../candidates/candidate.ts';
import type { Finding } from '../../core/finding.ts';
import type { LibraryPlace } from './library-root.ts';
import type { LoadCircumstances, LoadedProgram } from './loaded-program.ts';

// Apart from plan-root.ts, so that a static program does not load the loader's part (start-up).

export interface LibraryEntries {
  readonly entries: readonly LayerEntry[];
  /** Where the loader found them on this machine, without what is added: a run there must see them. */
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
}

/** What is in the image beside a program and its libraries. */
export interface BesideProgram {
  /** By the user. */
  readonly added: readonly LayerEntry[];
  /** Libraries of its other programs. */
  readonly others: readonly LayerEntry[];
}

/**
 * A dynamic program with what its loader would load for it, of this machine and of what is added to the image. Error:
 * WONT_RUN when something is missing.
 */
export function programWithClosure(
  program: Program,
  host: FileTree,
  circumstances: LoadCircumstances,
): LoadedProgram {
  const { env, workingDirectory, file, user, builderLibraryPath, place } = circumstances;
  const request = {
    tree: host,
    path: program.linkedPath,
    ...loaderEnvironment(env, workingDirectory),
    // Of this machine, and not of the image.
    preloadFile: false,
    secure: startsSecure(file, user),
    lastDirectories: builderLibraryPath,
  };
  const closure = completeClosure(request, place);
  return {
    closure,
    needs: (environment, asked) => findClosureNeeds(closure, environment, undefined, asked),
    hints: (needs) => findHintedPaths(closure, needs),
  };
}

/**
 * The loader and libraries of the program, with those that its needs name, and those of the objects that are added; where
 * they are found although the libraries of other programs are in the image. Error: WONT_RUN where that cannot be.
 */
export function libraryEntries(
  { closure }: LoadedProgram,
  programPath: string,
  supplied: NeedSupply['libraries'],
  { added, others }: BesideProgram,
): LibraryEntries {
  const opened = addOpenedLibraries(closure, supplied);
  const { closure: whole, findings } = addLibrariesOf(opened.closure, added);
  const said = [...opened.findings, ...findings];
  if (whole === null) return { entries: [], files: [], findings: said };
  return {
    entries: closureEntries(whole, { programPath, beside: [...added, ...others] }),
    files: filesOf(whole, added),
    findings: [...said, ...whole.libraries.flatMap(foundByBuilder), ...ignoredPreloads(whole)],
  };
}

/** By the name that the loader opens, which may be a link in a directory that nobody else sees. */
function filesOf({ libraries, request }: Closure, added: readonly LayerEntry[]): readonly string[] {
  const { tree, cwd = '/' } = request;
  const others = new Set(added.map(({ path }) => path));
  return libraries
    .map(({ path }) => (path.startsWith('/') ? path : `${cwd}/${path}`))
    .map((path) => join(tree.resolve(dirname(path))?.path ?? dirname(path), basename(path)))
    .filter((path) => !others.has(path));
}

/** What the loader finds here is what the image gets; what it does not find ends the rung, but for a driver's. */
function completeClosure(request: ClosureRequest, place: LibraryPlace): Closure {
  const closure = findClosure({ ...request, leaveOut: isDriverLibrary });
  const { path, interpreter } = closure;
  if (interpreter !== null && interpreter.file === null) {
    throw new MorselError(
      'WONT_RUN',
      `${path} asks for the loader ${interpreter.path}, which is not on ${place.name}`,
      {
        hint: place.hint ?? 'install the C library that it was linked with, or build it from its sources',
      },
    );
  }
  if (closure.missing.length > 0) throw missingLibraries(closure, place);
  const failure = closure.failures[0];
  if (failure !== undefined)
    throw new MorselError('WONT_RUN', `${failure.path}: ${failure.message} (needed by ${failure.neededBy})`, {
      hint: 'install the package of this library again, or take it out of LD_LIBRARY_PATH: it is damaged, or of another machine',
    });
  refuseDamaged(closure);
  if (request.secure !== true) requirePreloads(closure);
  return closure;
}

function missingLibraries(closure: Closure, place: LibraryPlace): MorselError {
  const { request, path } = closure;
  const missing = [...new Set(closure.missing.map(({ name }) => name))].join(', ');
  const isNowhere = request.secure !== true || findClosure({ ...request, secure: false }).missing.length > 0;
  if (isNowhere) {
    return new MorselError('WONT_RUN', `${path} needs ${missing}, which ${place.name} does not have`, {
      hint:
        place.hint ??
        'install the packages that bring these libraries; `morsel ldd --tree PROGRAM` shows who needs them',
    });
  }
  const why =
    'started with more rights than its user has, its loader heeds neither $ORIGIN nor LD_LIBRARY_PATH';
  return new MorselError('WONT_RUN', `${path} needs ${missing}, and does not look where it is: ${why}`, {
    hint: 'link it with an absolute RUNPATH, or build a copy of it: cp keeps neither setuid bit nor capabilities',
  });
}

/** No loader looks whether a library is whole: the first access to what is missing ends the program (SIGBUS). */
function refuseDamaged({ libraries }: Closure): void {
  const damaged = libraries.find(({ facts }) => facts.defect !== null);
  if (damaged === undefined) return;
  throw new MorselError('WONT_RUN', `${damaged.path} is damaged: ${damaged.facts.defect?.message}`, {
    hint: 'install the package of this library again, or take it out of LD_LIBRARY_PATH',
  });
}

/** The loader would go on without it, with a warning; whoever sets LD_PRELOAD wants it. */
function requirePreloads({ notPreloaded }: Closure): void {
  const [first] = notPreloaded;
  if (first === undefined) return;
  const { name, message } = first;
  throw new MorselError('WONT_RUN', `LD_PRELOAD of the image names ${name}, and that cannot be: ${message}`, {
    hint: 'install the package that brings it, add it with --add, or leave LD_PRELOAD out',
    details: { notPreloaded: notPreloaded.map((each) => each.name) },
  });
}

function foundByBuilder({ name, path, foundBy }: Closure['libraries'][number]): readonly Finding[] {
  if (foundBy !== 'builder') return [];
  return [
    {
      level: 'info',
      message: `${name} was found by the LD_LIBRARY_PATH of this build only: ${path}; it is packed where the image's loader looks`,
      hint: 'link the program with a RUNPATH, or give --env LD_LIBRARY_PATH=DIR, for the same image whoever builds',
    },
  ];
}

/** Of secure mode: all others have been an error. */
function ignoredPreloads({ notPreloaded }: Closure): readonly Finding[] {
  return notPreloaded.map(({ name, message }) => ({
    level: 'warning',
    message: `LD_PRELOAD of the image has no effect for ${name}: ${message} (setuid, or file capabilities)`,
    hint: 'leave LD_PRELOAD out, or start it as root: --user 0',
  }));
}
