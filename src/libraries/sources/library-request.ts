import type { LibraryRow } from '../rows/library-row.ts';

/** A library that is wanted: a row's name, or one with sources or words of the project's own. */
export interface LibraryRequest {
  readonly name: string;
  /** `debian:NAME`, a URL, or an absolute path of a folder or a tarball; default: the row's. */
  readonly source?: string | undefined;
  /** Of a URL: 64 hexadecimal digits. */
  readonly sha256?: string | undefined;
  /** Added to what configure or cmake is given. */
  readonly configure?: readonly string[] | undefined;
}

/** Where the sources of a library come from. */
export type SourceOrigin =
  | { readonly kind: 'debian'; readonly package: string }
  | { readonly kind: 'url'; readonly url: string; readonly sha256: string }
  | { readonly kind: 'path'; readonly path: string };

/** A library to build: its row, whose recipe has the project's own words in it, and its sources. */
export interface WantedLibrary {
  readonly row: LibraryRow;
  readonly origin: SourceOrigin;
}
