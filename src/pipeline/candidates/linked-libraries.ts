import { join } from 'node:path';
import { openByteSource } from '../../core/byte-source.ts';
import type { Finding } from '../../core/finding.ts';
import { openElf, symbolTableFunctions } from '../../elf/index.ts';
import type { LinkedLibrary } from '../../evidence/index.ts';
import { archiveSymbols } from '../../libraries/index.ts';
import type { BuiltLibrary } from '../../toolchain/index.ts';
import type { Program } from './candidate.ts';
import type { RungLibraries } from './rung-libraries.ts';

export interface Linked {
  readonly libraries: readonly LinkedLibrary[];
  readonly findings: readonly Finding[];
}

/** Of the libraries that were built for a rung, those of which something is in its programs; all where that cannot be told. */
export function linkedLibraries(used: RungLibraries, programs: readonly Program[]): Linked {
  const { sysroot } = used;
  if (sysroot === null) return { libraries: [], findings: [] };
  const functions = programs.map(({ linkedPath }) => functionsOf(linkedPath));
  const inside = sysroot.libraries.filter((library) => {
    const own = symbolsOf(library, sysroot.path);
    return functions.some((names) => names === null || own === null || intersects(names, own));
  });
  const libraries = inside.map(({ name, version, licence, source, digest }) => ({
    name,
    version,
    licence,
    source,
    digest,
    askedBy: used.askedBy(name),
  }));
  return { libraries, findings: used.findings(new Set(libraries.map(({ name }) => name))) };
}

/** null: it is stripped. */
function functionsOf(path: string): ReadonlySet<string> | null {
  const source = openByteSource(path);
  try {
    return symbolTableFunctions(openElf(source));
  } finally {
    source.close();
  }
}

function symbolsOf({ archives }: BuiltLibrary, sysroot: string): ReadonlySet<string> | null {
  const names = new Set<string>();
  for (const archive of archives) {
    const own = archiveSymbols(join(sysroot, 'usr/lib', `lib${archive}.a`));
    if (own === null) return null;
    for (const name of own) names.add(name);
  }
  return names;
}

function intersects(names: ReadonlySet<string>, own: ReadonlySet<string>): boolean {
  for (const name of own) if (names.has(name)) return true;
  return false;
}
