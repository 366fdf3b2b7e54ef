import type { ByteSource } from '../../core/byte-source.ts';
import { type ElfFacts, openElf } from '../../elf/index.ts';
import { addLibrary, type Closure, type ClosureLibrary } from '../../loader/index.ts';
import type { FileTree } from '../../rootfs/file-tree.ts';
import type { Need } from '../need.ts';
import { isRuntimeLibrary } from '../runtime-library.ts';
import { type HintedPath, hintedPaths, type NamedPaths } from './hinted-paths.ts';
import { pathLiterals } from './path-literals.ts';

/** Looked for, of those that are named. */
const LIBRARIES_LIMIT = 64;

/**
 * Files and directories of the closure's tree that the program or a library of it names in its bytes, and libraries that
 * it may open: candidates for what it reads at run time, and no more than that. Nothing is executed.
 */
export function findHintedPaths(closure: Closure, needs: readonly Need[] = []): readonly HintedPath[] {
  const libraries = closure.libraries.filter(({ link }) => !isRuntimeLibrary(link));
  const objects = [closure, ...libraries.map(onlyPath)];
  return [...hintedLibraries(closure, needs), ...pathsNamedBy(objects, closure.request.tree)];
}

/** The same of a program that loads nothing. */
export function pathsOfStaticProgram(
  realPath: string,
  facts: ElfFacts,
  tree: FileTree,
): readonly HintedPath[] {
  const hints = pathsNamedBy([{ realPath, facts }], tree);
  return facts.libc === 'glibc' ? hints.filter(({ path }) => !OF_GLIBC.test(path)) : hints;
}

/** What a static glibc names in every program: needs of their own tell whether it is used (iconv, time-zones, locale). */
const OF_GLIBC = /\/(?:gconv|zoneinfo|locale|getconf)(?:\/|$)/;

interface NamingObject {
  readonly realPath: string;
  readonly facts: ElfFacts | null;
}

function pathsNamedBy(objects: readonly NamingObject[], tree: FileTree): readonly HintedPath[] {
  const named = objects.flatMap(({ realPath, facts }): readonly NamedPaths[] => {
    const source = tree.open(realPath);
    return source === null ? [] : [namesIn(realPath, source, facts)];
  });
  return hintedPaths(named, tree);
}

/** Those that are only named: what is certain enough to be packed is in the closure. */
function hintedLibraries(closure: Closure, needs: readonly Need[]): readonly HintedPath[] {
  const wanted = needs.flatMap(({ libraries = [] }) => libraries);
  const optional = wanted.filter(({ priority }) => priority === 'optional').slice(0, LIBRARIES_LIMIT);
  const found = optional.flatMap(({ names, openedBy, evidence }) => {
    const known = new Set(closure.libraries.map(({ realPath }) => realPath));
    for (const name of names) {
      const opened = addLibrary(closure, name, evidence, openedBy).libraries.find(
        (library) => library.name === name && !known.has(library.realPath),
      );
      if (opened !== undefined) return [hintOf(opened, openedBy)];
    }
    return [];
  });
  return found.filter(({ path }, index) => found.findIndex((other) => other.path === path) === index);
}

function hintOf({ path, sizeBytes }: ClosureLibrary, namedBy: string): HintedPath {
  return { path, kind: 'library', sizeBytes, files: 1, isWhole: true, namedBy };
}

/** Facts of a library cost a search through it, and only say whether its literals end. */
const onlyPath = ({ realPath }: Pick<NamingObject, 'realPath'>): NamingObject => ({
  realPath,
  facts: null,
});

function namesIn(object: string, source: ByteSource, facts: ElfFacts | null): NamedPaths {
  try {
    return { object, literals: pathLiterals(openElf(source), facts ?? { go: null, languages: [] }) };
  } finally {
    source.close();
  }
}
