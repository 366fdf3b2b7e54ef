import { COMPRESSION } from './compression.ts';
import { DATA } from './data.ts';
import type { LibraryRow } from './library-row.ts';
import { NETWORK } from './network.ts';
import { SYSTEM } from './system.ts';
import { TERMINAL } from './terminal.ts';

/** The table of libraries that morsel knows how to build. */
export const LIBRARY_ROWS: readonly LibraryRow[] = [
  ...COMPRESSION,
  ...TERMINAL,
  ...NETWORK,
  ...DATA,
  ...SYSTEM,
];

const BY_NAME: ReadonlyMap<string, LibraryRow> = new Map(LIBRARY_ROWS.map((row) => [row.name, row]));

/** null: no row has that name. */
export function rowNamed(name: string): LibraryRow | null {
  return BY_NAME.get(name) ?? null;
}
