import { existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { imageTree } from '../layers/index.ts';
import { openImage } from '../places/index.ts';
import { directoryTree, type FileTree } from '../rootfs/index.ts';

/** The files of a base, to be read only: for verdicts. */
export interface BaseTree {
  readonly tree: FileTree;
  close(): void;
}

/** The files of a root directory, an OCI layout or an archive. Errors: NOT_FOUND, IMAGE_INVALID, TAR_INVALID. */
export async function openBaseTree(path: string, signal?: AbortSignal): Promise<BaseTree> {
  const absolute = basePath(path);
  if (isRootDirectory(absolute)) {
    return { tree: { ...directoryTree(absolute), name: basename(absolute) }, close: () => {} };
  }
  const image = await openImage(absolute, { signal });
  try {
    const tree = await imageTree(image, signal);
    return { tree: { ...tree, name: basename(absolute) }, close: () => tree.close() };
  } finally {
    image.close();
  }
}

/** Error: NOT_FOUND. */
export function basePath(path: string): string {
  const absolute = resolve(path);
  if (existsSync(absolute)) return absolute;
  throw new MorselError('NOT_FOUND', `base ${path}: no such file or directory`, {
    hint: 'give a root directory, an OCI layout or an archive',
  });
}

/** image-spec image-layout.md: the file `oci-layout` is what makes a directory a layout. */
export function isRootDirectory(path: string): boolean {
  return statSync(path).isDirectory() && !existsSync(join(path, 'oci-layout'));
}
