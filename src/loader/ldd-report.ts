import type { Closure, ClosureLibrary, FoundBy } from './closure.ts';
import { MUSL_OWN_NAME } from './load-musl.ts';

/** What `morsel ldd --format json` prints of one file. */
export interface LddReport {
  /** Absolute, in the root. */
  readonly path: string;
  /** The kernel's name of the architecture: `x86_64`, `aarch64`. */
  readonly machine: string;
  /** PT_INTERP; null when there is none. */
  readonly interpreter: string | null;
  /** In the order in which the loader takes them; missing ones at the end. */
  readonly libraries: readonly LddLibrary[];
  /** Names that nothing answers to: not found, or found and not loadable. */
  readonly missing: readonly string[];
  // Additions to the contract.
  /** Whose search order applies; `none` for a program that no loader takes part in. */
  readonly loader: Closure['loader'];
  /** Whether the tree has the interpreter: without it the kernel says "no such file or directory". */
  readonly interpreterFound: boolean;
  /** The oldest glibc that it and its libraries ask for; null when they ask for none. */
  readonly minimumGlibc: string | null;
  /** Symbol versions that a library does not have, in the words of the loader. */
  readonly versionProblems: readonly string[];
  /** Files that were found and cannot be loaded. */
  readonly failures: readonly {
    /** As it was asked for. */
    readonly name: string;
    /** The file that was found. */
    readonly path: string;
    /** Why the loader refuses it, in its words. */
    readonly message: string;
  }[];
}

export interface LddLibrary {
  /** As it was asked for. */
  readonly name: string;
  /** null for a missing one, which is listed here too. */
  readonly path: string | null;
  /** The loader's rule that found it; null for a missing one. */
  readonly foundBy: 'cache' | 'rpath' | 'runpath' | 'ld_library_path' | 'default' | 'direct' | null;
  /** The file that asks for it first. */
  readonly neededBy: string;
}

export function lddReport(closure: Closure): LddReport {
  const failed = closure.failures.map(({ name, neededBy }) => ({ name, neededBy }));
  const absent = [...closure.missing, ...failed];
  return {
    path: closure.path,
    machine: closure.link.machine,
    interpreter: closure.link.interpreter,
    libraries: [
      ...closure.libraries.map(({ name, path, foundBy, neededBy }) => ({
        name,
        path,
        foundBy: contractRule(foundBy),
        neededBy,
      })),
      ...absent.map(({ name, neededBy }) => ({ name, path: null, foundBy: null, neededBy })),
    ],
    missing: [...new Set(absent.map(({ name }) => name))],
    loader: closure.loader,
    interpreterFound: closure.interpreter?.file != null,
    minimumGlibc: closure.minimumGlibc?.version ?? null,
    versionProblems: closure.versionProblems.map(({ message }) => message),
    failures: closure.failures.map(({ name, path, message }) => ({ name, path, message })),
  };
}

/** The contract has six words: the interpreter is opened by its own path, a preload by no rule of its own. */
function contractRule(foundBy: FoundBy): LddLibrary['foundBy'] {
  if (foundBy === 'builder') return 'ld_library_path';
  return foundBy === 'interpreter' || foundBy === 'preload' ? 'direct' : foundBy;
}

/** One line of ldd: what was asked for, and where it was found; null for "not found". */
export interface LddLine {
  readonly name: string;
  readonly path: string | null;
}

/** The lines of ldd in its order, without the kernel's vDSO, which is no file. */
export function lddLines(closure: Closure): readonly LddLine[] {
  return closure.loader === 'musl' ? muslLines(closure) : glibcLines(closure);
}

function glibcLines(closure: Closure): readonly LddLine[] {
  const lines: LddLine[] = [];
  const libraries = new Map(closure.libraries.map((library) => [library.path, library] as const));
  for (const { name, to } of closure.edges) {
    if (to === null) lines.push({ name, path: null });
    const library = to === null ? undefined : libraries.get(to);
    if (library === undefined) continue;
    libraries.delete(library.path);
    const line = { name: library.name, path: library.path };
    // rtld.c puts ld.so behind the last object that was found: missing ones stand after it.
    const after = lines.findLastIndex(({ path }) => path !== null);
    lines.splice(library.foundBy === 'interpreter' ? after + 1 : lines.length, 0, line);
  }
  return lines;
}

function muslLines(closure: Closure): readonly LddLine[] {
  const own = closure.interpreter?.path ?? '';
  const lines: LddLine[] = [{ name: own, path: own }];
  const libraries = new Map(closure.libraries.map((library) => [library.path, library] as const));
  const ownKinds = new Set<string>();
  for (const { name, to, rule } of closure.edges) {
    if (to === null) continue;
    // musl's ldd names each of its own libraries (libc, libpthread …) once.
    const kind = rule === MUSL_OWN_NAME ? name.slice(0, name.indexOf('.')) : null;
    const isNew = kind === null ? libraries.delete(to) : !ownKinds.has(kind);
    if (kind !== null) ownKinds.add(kind);
    if (isNew) lines.push({ name, path: to });
  }
  return lines;
}

/** What ldd prints. DT_NEEDED is bytes, so that each line may hold any character, line feeds too. */
export interface LddText {
  /** A line each, which ldd begins with a tab. */
  readonly libraries: readonly string[];
  /** Lines after them. */
  readonly complaints: readonly string[];
}

/** Without the addresses that ldd prints, which say nothing about a program that does not run. */
export function formatLdd(closure: Closure): LddText {
  if (closure.loader === 'none') return { libraries: ['not a dynamic executable'], complaints: [] };
  const lines = lddLines(closure).map(({ name, path }) =>
    path === null ? `${name} => not found` : name === path ? name : `${name} => ${path}`,
  );
  return {
    libraries: lines.length === 0 ? ['statically linked'] : lines,
    complaints: complaints(closure),
  };
}

function complaints(closure: Closure): readonly string[] {
  const lines = closure.versionProblems.map(({ message }) => message);
  if (closure.loader === 'musl') {
    for (const { name, neededBy } of closure.missing) {
      lines.push(`Error loading shared library ${name}: No such file or directory (needed by ${neededBy})`);
    }
  }
  if (closure.loader === 'other')
    lines.push(`${closure.interpreter?.path}: where this loader looks for libraries is not known here`);
  for (const { path, message } of closure.failures) lines.push(`${path}: ${message}`);
  if (
    closure.interpreter !== null &&
    closure.interpreter.file === null &&
    closure.link.interpreter !== null
  ) {
    lines.push(`${closure.interpreter.path}: the interpreter is not there`);
  }
  return lines;
}

/** `morsel ldd --tree`: who needs what, and by which rule it was found. */
export interface NeededNode {
  readonly name: string;
  /** null when it is missing. */
  readonly path: string | null;
  /** `RUNPATH of /opt/x/bin/x`, `/etc/ld.so.cache`, `loaded already` … */
  readonly rule: string;
  readonly foundBy: FoundBy | null;
  /** Empty for an object that stands elsewhere in the tree, where it was asked for first. */
  readonly needs: readonly NeededNode[];
  readonly repeated: boolean;
}

/** No real program is nested so deep; what lies deeper in a hostile one is not shown. */
const TREE_DEPTH_LIMIT = 256;

/** The tree of a program's needs; each object's own needs are shown once. */
export function neededTree(closure: Closure): NeededNode {
  const edges = new Map<string, Closure['edges'][number][]>();
  for (const edge of closure.edges) edges.set(edge.from, [...(edges.get(edge.from) ?? []), edge]);
  const first = new Map(closure.libraries.map((library) => [library.path, library] as const));
  const shown = new Set<string>([closure.path]);
  const nodesOf = (path: string, depth: number): readonly NeededNode[] =>
    (edges.get(path) ?? []).map(({ from, name, to, rule, foundBy }) => {
      const isFirst =
        to !== null && depth < TREE_DEPTH_LIMIT && !shown.has(to) && isFirstAsked(first.get(to), from);
      if (isFirst) shown.add(to);
      const needs = isFirst ? nodesOf(to, depth + 1) : [];
      return { name, path: to, rule, foundBy, needs, repeated: to !== null && !isFirst };
    });
  const needs = nodesOf(closure.path, 0);
  return {
    name: closure.path,
    path: closure.path,
    rule: 'the program',
    foundBy: null,
    needs,
    repeated: false,
  };
}

function isFirstAsked(library: ClosureLibrary | undefined, from: string): boolean {
  return library === undefined || library.neededBy === from;
}
