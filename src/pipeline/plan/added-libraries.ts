import { MorselError } from '../../core/errors.ts';
import { isElf, readElfLinkage } from '../../elf/index.ts';
import { addLibrary, type Closure } from '../../loader/index.ts';
import type { LayerEntry, LayerFile } from '../../rootfs/index.ts';
import type { Finding } from '../../core/finding.ts';

export interface AddedLibraries {
  /** With the libraries of the added objects; null for a program that loads none. */
  readonly closure: Closure | null;
  readonly findings: readonly Finding[];
}

/** More objects than this are a distribution, not something added to a program. */
const OBJECTS_LIMIT = 4096;

/**
 * What the added objects need in turn: an extension module or a plugin that `--add` brings is loaded by name at run
 * time, so that nothing in the program tells of its libraries. A library that was added too is not asked for again.
 */
export function addLibrariesOf(closure: Closure | null, added: readonly LayerEntry[]): AddedLibraries {
  const wanted = neededBy(added);
  if (closure === null) return { closure, findings: [...wanted].map(cannotBeLoaded) };
  const findings: Finding[] = [];
  let extended = closure;
  for (const [name, object] of wanted) {
    if (extended.libraries.some((library) => library.name === name)) continue;
    if (baseOf(extended.interpreter?.path ?? '') === name) continue;
    const next = addLibrary(extended, name, `needed by ${object} (DT_NEEDED ${name})`);
    if (next.missing.length > extended.missing.length || next.failures.length > extended.failures.length) {
      findings.push(isNotHere(name, object));
    } else {
      extended = next;
    }
  }
  return { closure: extended, findings };
}

/** Each DT_NEEDED of the added objects that no added file answers, with the first object that asks for it. */
function neededBy(added: readonly LayerEntry[]): ReadonlyMap<string, string> {
  const names = new Set(added.map((entry) => baseOf(entry.path)));
  const files = added.filter((entry): entry is LayerFile => entry.kind === 'file');
  const wanted = new Map<string, string>();
  let objects = 0;
  for (const file of files) {
    const needed = neededOf(file);
    if (needed.length > 0 && ++objects > OBJECTS_LIMIT) break;
    for (const name of needed) {
      if (!names.has(baseOf(name)) && !wanted.has(name)) wanted.set(name, file.path);
    }
  }
  return wanted;
}

function neededOf(file: LayerFile): readonly string[] {
  const source = file.open();
  try {
    return isElf(source) ? readElfLinkage(source).needed : [];
  } catch (error) {
    // Broken bytes are the user's own to add: no program has asked for them yet.
    if (error instanceof MorselError) return [];
    throw error;
  } finally {
    source.close();
  }
}

function cannotBeLoaded([name, object]: readonly [string, string]): Finding {
  return {
    level: 'warning',
    message: `${object} needs ${name}, and the image has no dynamic loader: the program is static`,
    hint: 'add a static build of it, or build with --rung closure',
  };
}

function isNotHere(name: string, object: string): Finding {
  return {
    level: 'warning',
    message: `${object} needs ${name}, which is not on this machine: it cannot be loaded`,
    hint: `install the package that brings ${name}, or add the file`,
  };
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
