import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { imageTree, openImage } from '../oci/index.ts';
import { directoryTree } from '../rootfs/index.ts';
import { inspectFile } from './inspect-file.ts';
import { inspectTree } from './inspect-tree.ts';
import { looksLikeArchive } from './looks-like-archive.ts';
import type { FileReport, TreeReport } from './report.ts';

/**
 * Inspects an ELF file, a directory, an archive or an OCI layout. Nothing is executed. Errors: NOT_FOUND, UNREADABLE,
 * ELF_INVALID, TAR_INVALID, IMAGE_INVALID.
 */
export async function inspect(path: string): Promise<FileReport | TreeReport> {
  if (!existsSync(path))
    throw new MorselError('NOT_FOUND', `${path}: no such file or directory`, { hint: 'check the path' });
  if (statSync(path).isDirectory()) {
    return existsSync(join(path, 'oci-layout'))
      ? inspectImage(path)
      : inspectTree(path, 'directory', directoryTree(path));
  }
  return looksLikeArchive(path) ? inspectImage(path) : inspectFile(path);
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
