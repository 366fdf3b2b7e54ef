import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { CHECK_PATH_HINT } from '../core/hints.ts';
import { inspectFile } from './inspect-file.ts';
import { looksLikeArchive } from '../places/index.ts';
import type { FileReport, TreeReport } from './report.ts';

export interface InspectOptions {
  /** Roots, layouts or archives on which an executable is judged, beside the bases that morsel knows. */
  readonly bases?: readonly string[] | undefined;
  /** Heard while a directory or an image is read. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Inspects an ELF file, a directory, an archive or an OCI layout. Nothing is executed. Errors: NOT_FOUND, UNREADABLE,
 * ELF_INVALID, TAR_INVALID, IMAGE_INVALID, DIGEST_MISMATCH, LIMIT_EXCEEDED, INTERRUPTED.
 */
export async function inspect(path: string, options: InspectOptions = {}): Promise<FileReport | TreeReport> {
  const { bases = [], signal } = options;
  if (!existsSync(path))
    throw new MorselError('NOT_FOUND', `${path}: no such file or directory`, { hint: CHECK_PATH_HINT });
  // What reads archives, images and trees is loaded for them: one file must be answered at once.
  if (statSync(path).isDirectory()) {
    const { inspectDirectory, inspectImage } = await import('./inspect-many.ts');
    return existsSync(join(path, 'oci-layout')) ? inspectImage(path, signal) : inspectDirectory(path, signal);
  }
  if (looksLikeArchive(path)) return (await import('./inspect-many.ts')).inspectImage(path, signal);
  return bases.length === 0
    ? inspectFile(path)
    : (await import('./inspect-many.ts')).inspectOnBases(path, bases, signal);
}
