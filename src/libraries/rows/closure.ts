import { MorselError } from '../../core/errors.ts';
import type { LibraryRow } from './library-row.ts';
import { LIBRARY_ROWS } from './rows.ts';

/** Rows by name: the table's own, with what a project adds or replaces. */
export type RowLookup = (name: string) => LibraryRow | null;

/** These and all that they need, each once, what is needed before what needs it. Pure. Error: CONFIG_INVALID. */
export function buildOrder(names: readonly string[], rowOf: RowLookup): readonly LibraryRow[] {
  const order = new Map<string, LibraryRow>();
  const visit = (name: string, path: readonly string[]): void => {
    if (order.has(name)) return;
    const row = rowOf(name);
    if (row === null) throw unknownLibrary(name);
    if (path.includes(name)) throw new Error(`libraries need each other: ${[...path, name].join(' → ')}`);
    for (const need of row.needs) visit(need, [...path, name]);
    order.set(name, row);
  };
  for (const name of names) visit(name, []);
  return [...order.values()];
}

/**
 * Of each `-l` name, those that must stand behind it in a link: the row's own later archives, then what the row needs.
 * `found`: by the name of a library whose row names no archives, those that it has. Pure.
 */
export function linkClosure(
  rows: readonly LibraryRow[],
  rowOf: RowLookup,
  found: ReadonlyMap<string, readonly string[]> = new Map(),
): ReadonlyMap<string, readonly string[]> {
  const libsOf = (row: LibraryRow): readonly string[] =>
    row.provides.libs.length > 0 ? row.provides.libs : (found.get(row.name) ?? []);
  const ownArchives = (row: LibraryRow): readonly string[] => {
    // Further names of the same archives add nothing.
    const aliases = new Set((row.recipe.aliases ?? []).map(([alias]) => alias));
    return libsOf(row).filter((lib) => !aliases.has(lib));
  };
  const closure = new Map<string, readonly string[]>();
  for (const row of rows) {
    const needed = buildOrder(row.needs, rowOf).toReversed().flatMap(ownArchives);
    const own = new Set(ownArchives(row));
    libsOf(row).forEach((lib, index) => {
      const later = libsOf(row)
        .slice(index + 1)
        .filter((other) => own.has(other));
      closure.set(lib, [...new Set([...later, ...needed])]);
    });
  }
  return closure;
}

function unknownLibrary(name: string): MorselError {
  return new MorselError('CONFIG_INVALID', `morsel knows no library ${JSON.stringify(name)}`, {
    hint: `name one of ${LIBRARY_ROWS.map((row) => row.name).join(', ')}; or give its "source": debian:NAME, a URL with "sha256", or a path`,
  });
}
