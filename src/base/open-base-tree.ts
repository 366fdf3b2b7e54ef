import { basename, resolve } from 'node:path';
import {
  formatLocation,
  formatRegistryReference,
  hasPath,
  openTree,
  parseTreeLocation,
  type TreeLocation,
} from '../places/index.ts';
import type { FileTree } from '../rootfs/index.ts';

/** The files of a base, to be read only: for verdicts. */
export interface BaseTree {
  readonly tree: FileTree;
  close(): void;
}

/**
 * The files of a root directory, or of an image of an OCI layout or an archive. Errors: NOT_FOUND, UNSUPPORTED, USAGE,
 * IMAGE_INVALID, TAR_INVALID.
 */
export async function openBaseTree(text: string, signal?: AbortSignal): Promise<BaseTree> {
  const location = parseTreeLocation(text);
  const { tree, close } = await openTree(location, { signal });
  return { tree: { ...tree, name: shortName(location) }, close };
}

/** Of a row of verdicts: `debian-root`, `bases:debian`. */
function shortName(location: TreeLocation): string {
  if (location.kind === 'registry') return formatRegistryReference(location.reference);
  if (!hasPath(location)) return formatLocation(location);
  const name = basename(resolve(location.path));
  return 'name' in location && location.name !== undefined ? `${name}:${location.name}` : name;
}
