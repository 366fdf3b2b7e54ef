import { parseLocation } from '../places/index.ts';
import { inspectFile } from './inspect-file.ts';
import type { FileReport, TreeReport } from './report.ts';

export interface InspectOptions {
  /** Roots, layouts or archives on which an executable is judged, beside the bases that morsel knows. */
  readonly bases?: readonly string[] | undefined;
  /** Of a directory or an image: name every path, with its owner and mode. */
  readonly files?: boolean | undefined;
  /** Of an index, the image for this platform, as `linux/arm64`. Default: this machine's. */
  readonly platform?: string | undefined;
  /** Heard while a directory or an image is read. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Inspects an ELF file, a directory, or an image of an archive or an OCI layout. Nothing is executed. Errors: NOT_FOUND,
 * UNREADABLE, UNSUPPORTED, USAGE, ELF_INVALID, TAR_INVALID, IMAGE_INVALID, DIGEST_MISMATCH, LIMIT_EXCEEDED, INTERRUPTED.
 */
export async function inspect(place: string, options: InspectOptions = {}): Promise<FileReport | TreeReport> {
  const { bases = [], signal } = options;
  const location = parseLocation(place);
  if (location.kind === 'file' && bases.length === 0) return inspectFile(location.path);
  // What reads archives, images and trees is loaded for them: one file must be answered at once.
  const { inspectMany, inspectOnBases } = await import('./inspect-many.ts');
  return location.kind === 'file'
    ? inspectOnBases(location.path, bases, signal)
    : inspectMany(place, location, options);
}
