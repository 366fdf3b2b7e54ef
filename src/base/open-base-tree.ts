import { basename, resolve } from 'node:path';
import { openTree } from '../places/index.ts';
import type { FileTree } from '../rootfs/index.ts';
import { parseBase } from './parse-base.ts';

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
  const location = parseBase(text);
  const { tree, close } = await openTree(location, signal);
  return { tree: { ...tree, name: basename(resolve(location.path)) }, close };
}
