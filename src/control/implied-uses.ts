import { MorselError } from '../core/errors.ts';
import { interpreterName, readShebang } from '../core/shebang.ts';
import { isElf } from '../elf/index.ts';
import {
  type Closure,
  type ClosureLibrary,
  findClosure,
  type LoaderSession,
  loaderSession,
} from '../loader/index.ts';
import type { FileTree } from '../rootfs/index.ts';
import { sourceOfCompiled } from './compiled-source.ts';
import type { UsedPath } from './used-paths.ts';

/**
 * What the use of a file implies and a trace does not show: the interpreter of a script, the loader of an ELF file, which
 * the kernel opens by itself; libraries as a plain processor loads them, for the one of this machine may have taken
 * faster variants; and the source that a compiled file is held against.
 */
export class ImpliedUses {
  readonly #tree: FileTree;
  readonly #session: LoaderSession;

  constructor(tree: FileTree) {
    this.#tree = tree;
    this.#session = loaderSession(tree);
  }

  of({ path, kind }: UsedPath): readonly UsedPath[] {
    const source = sourceOfCompiled(path);
    const compiled = source === null ? [] : [needed(source, `what ${path} was compiled from`)];
    return kind === 'looked-at' || kind === 'listed' ? [] : [...compiled, ...this.#ofContent(path, kind)];
  }

  #ofContent(path: string, kind: UsedPath['kind']): readonly UsedPath[] {
    const source = this.#tree.open(path);
    if (source === null) return [];
    try {
      if (isElf(source)) return this.#ofElf(path);
      // A script that is read is no program.
      const shebang = kind === 'executed' ? readShebang(source) : null;
      return shebang === null ? [] : [executed(interpreterName(shebang), `the interpreter of ${path}`)];
    } finally {
      source.close();
    }
  }

  #ofElf(path: string): readonly UsedPath[] {
    const closure = this.#closureOf(path);
    if (closure === null) return [];
    const { interpreter, libraries } = closure;
    const loader = interpreter?.file == null ? [] : [needed(interpreter.path, `the loader of ${path}`)];
    return [
      ...loader,
      ...libraries.map((library) => ({
        ...needed(library.path, `loaded by ${library.neededBy}`),
        alsoAt: placeWithoutCache(library, closure),
      })),
    ];
  }

  /** null for what no loader would take: broken, of another machine, an object file. */
  #closureOf(path: string): Closure | null {
    try {
      return findClosure({ tree: this.#tree, path, session: this.#session, preloadFile: false });
    } catch (error) {
      if (error instanceof MorselError) return null;
      throw error;
    }
  }
}

/** An image has no /etc/ld.so.cache: what lies where only that leads to is to be found in the loader's own directory too. */
function placeWithoutCache({ foundBy, name, path }: ClosureLibrary, closure: Closure): string | null {
  const [directory] = closure.defaultDirectories;
  const isFound = closure.defaultDirectories.some(
    (one) => path.startsWith(one) && !path.slice(one.length).includes('/'),
  );
  return foundBy !== 'cache' || isFound || directory === undefined ? null : `${directory}${name}`;
}

function needed(path: string, because: string): UsedPath {
  return { path, kind: 'needed', because, alsoAt: null };
}

function executed(path: string, because: string): UsedPath {
  return { path, kind: 'executed', because, alsoAt: null };
}
