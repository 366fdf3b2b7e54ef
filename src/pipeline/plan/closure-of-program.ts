import { MorselError } from '../../core/errors.ts';
import { type Closure, closureEntries, findClosure, isDriverLibrary } from '../../loader/index.ts';
import { findClosureNeeds, findHintedPaths, type NeedSupply } from '../../needs/index.ts';
import type { FileTree, LayerEntry } from '../../rootfs/index.ts';
import { addLibrariesOf } from './added-libraries.ts';
import { addOpenedLibraries } from './opened-libraries.ts';
import type { RungProgram } from '../candidates/candidate.ts';
import type { Finding } from '../../core/finding.ts';
import { programPath } from './plan-config.ts';
import type { LoadedProgram } from './loaded-program.ts';

// Apart from plan-root.ts, so that a static program does not load the loader's part (start-up).

export interface LibraryEntries {
  readonly entries: readonly LayerEntry[];
  readonly findings: readonly Finding[];
}

/** A dynamic program with what this machine's loader would load for it. Error: WONT_RUN when something is missing. */
export function programWithClosure(program: RungProgram, host: FileTree): LoadedProgram {
  const closure = completeClosure(host, program.linkedPath);
  return {
    path: imagePathOf(program, closure),
    closure,
    needs: (env) => findClosureNeeds(closure, env),
    hints: (needs) => findHintedPaths(closure, needs),
  };
}

/** The loader and libraries of the program, with those that its needs name, and those of the objects that are added. */
export function libraryEntries(
  { closure, path }: LoadedProgram,
  supplied: NeedSupply['libraries'],
  added: readonly LayerEntry[],
): LibraryEntries {
  const opened = addOpenedLibraries(closure, supplied);
  const { closure: whole, findings } = addLibrariesOf(opened.closure, added);
  return {
    entries: whole === null ? [] : closureEntries(whole, { programPath: path }),
    findings: [...opened.findings, ...findings],
  };
}

/** What the loader of this machine finds is what the image gets; what it does not find ends the rung. */
function completeClosure(host: FileTree, path: string): Closure {
  const closure = findClosure({ tree: host, path, leaveOut: isDriverLibrary });
  if (closure.interpreter !== null && closure.interpreter.file === null) {
    throw new MorselError(
      'WONT_RUN',
      `${path} asks for the loader ${closure.interpreter.path}, which is not on this machine`,
      {
        hint: 'install the C library that it was linked with, or build it from its sources',
      },
    );
  }
  const missing = [...new Set(closure.missing.map(({ name }) => name))];
  if (missing.length > 0) {
    throw new MorselError(
      'WONT_RUN',
      `${path} needs ${missing.join(', ')}, which this machine does not have`,
      {
        hint: 'install the packages that bring these libraries; `morsel ldd --tree` shows who needs them',
      },
    );
  }
  const failure = closure.failures[0];
  if (failure !== undefined)
    throw new MorselError('WONT_RUN', `${failure.path}: ${failure.message} (needed by ${failure.neededBy})`, {
      hint: 'install the package of this library again, or take it out of LD_LIBRARY_PATH: it is damaged, or of another machine',
    });
  return closure;
}

/**
 * A ready program whose search paths are relative to itself stays where it is, since it may look for more than libraries
 * there. One that was compiled here does not: its libraries are gathered, and the cache's path is nobody's business.
 */
function imagePathOf(program: RungProgram, closure: Closure): string {
  const stays = program.toolchain === null && usesOrigin(closure);
  return stays ? closure.realPath : programPath(program.path);
}

function usesOrigin(closure: Closure): boolean {
  const { rpath, runpath } = closure.link;
  return (
    `${rpath ?? ''}${runpath ?? ''}`.includes('$ORIGIN') ||
    `${rpath ?? ''}${runpath ?? ''}`.includes('${ORIGIN}')
  );
}
