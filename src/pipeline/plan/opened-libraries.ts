import type { Finding } from '../../core/finding.ts';
import { addLibrary, type Closure } from '../../loader/index.ts';
import type { NeedSupply } from '../../needs/index.ts';

type OpenedLibrary = NeedSupply['libraries'][number];

export interface OpenedLibraries {
  /** With those that were found. */
  readonly closure: Closure | null;
  /** Those that were not, where the program does not work without. */
  readonly findings: readonly Finding[];
}

/** The libraries that a program opens by itself, found as dlopen would find them; of several names the first. */
export function addOpenedLibraries(
  closure: Closure | null,
  wanted: readonly OpenedLibrary[],
): OpenedLibraries {
  if (closure === null) return { closure, findings: [] };
  const findings: Finding[] = [];
  let extended = closure;
  for (const library of wanted) {
    const next = withOne(extended, library);
    if (next !== null) extended = next;
    else if (library.isRequired !== false) findings.push(isNotHere(library));
  }
  return { closure: extended, findings };
}

/** Null where none of its names is found, or what is found cannot be loaded: the closure stays complete. */
function withOne(
  closure: Closure,
  { name, otherNames = [], reason, openedBy }: OpenedLibrary,
): Closure | null {
  for (const each of [name, ...otherNames]) {
    const next = addLibrary(closure, each, reason, openedBy);
    const lost =
      next.missing.length > closure.missing.length || next.failures.length > closure.failures.length;
    if (!lost && next.versionProblems.length <= closure.versionProblems.length) return next;
  }
  return null;
}

function isNotHere({ name, otherNames = [], reason }: OpenedLibrary): Finding {
  const names = [name, ...otherNames].join(' or ');
  return {
    level: 'warning',
    message: `${names} is opened by the program itself and is not on this machine: ${reason}`,
    hint: `install the package that brings ${names}, and build again`,
  };
}
