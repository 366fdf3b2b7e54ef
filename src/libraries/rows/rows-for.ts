import type { LibraryRow } from './library-row.ts';
import { LIBRARY_ROWS } from './rows.ts';

/** What a project asks for, in its own words. */
export interface LibraryWish {
  readonly kind: 'pkg-config' | 'link' | 'header' | 'cmake' | 'crate';
  /** `libssl`, `ssl`, `openssl/ssl.h`, `OpenSSL`, `openssl-sys`. */
  readonly name: string;
}

type Index = Readonly<Record<LibraryWish['kind'], ReadonlyMap<string, LibraryRow>>>;

const INDEX: Index = {
  'pkg-config': indexBy((row) => row.provides.pkgConfig),
  link: indexBy((row) => row.provides.libs),
  header: indexBy((row) => row.provides.headers),
  cmake: indexBy((row) => row.provides.cmake.map((name) => name.toLowerCase())),
  crate: indexBy((row) => row.provides.crates ?? []),
};

/** Folders that belong to one library: `#include <openssl/…>` is OpenSSL's whatever the file. */
const HEADER_FOLDERS: ReadonlyMap<string, LibraryRow> = new Map(
  LIBRARY_ROWS.flatMap((row) =>
    row.provides.headers
      .filter((header) => header.includes('/') && !header.startsWith('sys/'))
      .map((header) => [header.slice(0, header.indexOf('/')), row] as const),
  ),
);

/** The library that a wish means; null where no row provides it. Pure. */
export function rowsFor({ kind, name }: LibraryWish): LibraryRow | null {
  const exact = INDEX[kind].get(kind === 'cmake' ? name.toLowerCase() : name);
  if (exact !== undefined) return exact;
  const slash = name.indexOf('/');
  return kind === 'header' && slash > 0 ? (HEADER_FOLDERS.get(name.slice(0, slash)) ?? null) : null;
}

function indexBy(namesOf: (row: LibraryRow) => readonly string[]): ReadonlyMap<string, LibraryRow> {
  return new Map(LIBRARY_ROWS.flatMap((row) => namesOf(row).map((name) => [name, row] as const)));
}
