import type { LibraryWish } from '../../project/index.ts';
import type { LibraryRow } from '../../libraries/index.ts';

type RowsFor = (wish: LibraryWish) => LibraryRow | null;

/** Names of libraries that these wishes mean, each with the wish; those that nobody provides are left out. */
export function namesOfWishes<W extends LibraryWish>(
  wishes: readonly W[],
  rowsFor: RowsFor,
): ReadonlyMap<string, W> {
  const names = new Map<string, W>();
  for (const wish of wishes) {
    const row = rowsFor(wish);
    if (row !== null && !names.has(row.name)) names.set(row.name, wish);
  }
  return names;
}

/** What a configuration calls a library that it found: `libz`, `ZLIB`, `zlib`, `CURL`, `libcurl`. */
export function nameOfFound(found: string, rowsFor: RowsFor): string | null {
  const bare = found.replace(/^lib(?=.)/, '');
  const wishes: readonly LibraryWish[] = [
    { kind: 'pkg-config', name: found },
    { kind: 'pkg-config', name: found.toLowerCase() },
    { kind: 'link', name: bare },
    { kind: 'link', name: bare.toLowerCase() },
    { kind: 'cmake', name: found },
    { kind: 'pkg-config', name: `lib${bare.toLowerCase()}` },
  ];
  return wishes.map(rowsFor).find((row) => row !== null)?.name ?? null;
}
