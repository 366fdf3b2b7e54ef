import { createHash } from 'node:crypto';
import type { LibraryRow } from '../rows/library-row.ts';

/** Of what this code makes of a row: another number, and all libraries are built anew. */
const RECIPES_VERSION = 1;

export interface KeyParts {
  readonly row: LibraryRow;
  readonly version: string;
  readonly sourcesDigest: string;
  readonly toolchainDigest: string;
  /** Of the libraries that it needs. */
  readonly needKeys: readonly string[];
  /** Versions of programs whose output is in the library, such as tic's. */
  readonly toolVersions: readonly string[];
}

/** Names what comes out of a build by all that goes into it: 24 hexadecimal digits. Pure. */
export function libraryKey(parts: KeyParts): string {
  const { row, version, sourcesDigest, toolchainDigest, needKeys, toolVersions } = parts;
  // What a row says of wishes and licences has no effect on the bytes.
  const { name, recipe, skipPatches, provides } = row;
  const facts = JSON.stringify([
    RECIPES_VERSION,
    { name, recipe, skipPatches: skipPatches ?? [], libs: provides.libs },
    version,
    sourcesDigest,
    toolchainDigest,
    [...needKeys].toSorted(),
    toolVersions,
  ]);
  return createHash('sha256').update(facts).digest('hex').slice(0, 24);
}
