import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type BaseTree, openBaseTree } from '../base/index.ts';
import { MorselError } from '../core/errors.ts';
import { imageTree, openImage } from '../oci/index.ts';
import { directoryTree } from '../rootfs/index.ts';
import { inspectFile } from './inspect-file.ts';
import { inspectTree } from './inspect-tree.ts';
import { looksLikeArchive } from './looks-like-archive.ts';
import type { FileReport, TreeReport } from './report.ts';

export interface InspectOptions {
  /** Roots, layouts or archives on which an executable is judged, beside the bases that morsel knows. */
  readonly bases?: readonly string[] | undefined;
}

/**
 * Inspects an ELF file, a directory, an archive or an OCI layout. Nothing is executed. Errors: NOT_FOUND, UNREADABLE,
 * ELF_INVALID, TAR_INVALID, IMAGE_INVALID.
 */
export async function inspect(path: string, options: InspectOptions = {}): Promise<FileReport | TreeReport> {
  if (!existsSync(path))
    throw new MorselError('NOT_FOUND', `${path}: no such file or directory`, { hint: 'check the path' });
  if (statSync(path).isDirectory()) {
    return existsSync(join(path, 'oci-layout'))
      ? inspectImage(path)
      : inspectTree(path, 'directory', directoryTree(path));
  }
  return looksLikeArchive(path) ? inspectImage(path) : inspectOnBases(path, options);
}

async function inspectOnBases(path: string, { bases = [] }: InspectOptions): Promise<FileReport> {
  const opened: BaseTree[] = [];
  try {
    for (const base of bases) opened.push(await openBaseTree(base));
    const trees = opened.map((base) => base.tree);
    return inspectFile(path, trees);
  } finally {
    for (const base of opened) base.close();
  }
}

async function inspectImage(path: string): Promise<TreeReport> {
  const image = await openImage(path);
  const tree = await imageTree(image);
  try {
    return inspectTree(path, 'image', tree);
  } finally {
    tree.close();
    image.close();
  }
}
