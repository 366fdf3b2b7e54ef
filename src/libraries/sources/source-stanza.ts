import type { Stanza } from './control-file.ts';

/** One version of a source package, as an index of Sources has it. */
export interface DebianSource {
  readonly package: string;
  readonly version: string;
  /** `3.0 (quilt)`, `1.0`, `3.0 (native)`. */
  readonly format: string;
  /** Of the pool, relative to the archive's root: `pool/main/z/zlib`. */
  readonly directory: string;
  readonly files: readonly SourceFile[];
}

export interface SourceFile {
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** A source package has a handful. */
const FILES_LIMIT = 32;
const NAME = /^[A-Za-z0-9][A-Za-z0-9+.~_-]{0,200}$/;
const DIRECTORY = /^pool(?:\/[A-Za-z0-9+._-]{1,100}){1,6}$/;

/**
 * Of a stanza its version and tarballs; the `.dsc` says nothing beyond it. null: it is none that can be used, since names
 * of files become parts of paths. Pure.
 */
export function parseSourceStanza(stanza: Stanza): DebianSource | null {
  const name = stanza.get('package');
  const version = stanza.get('version');
  const directory = stanza.get('directory');
  const digests = stanza.get('checksums-sha256');
  if (name === undefined || version === undefined || directory === undefined || digests === undefined)
    return null;
  if (!DIRECTORY.test(directory) || directory.split('/').includes('..')) return null;
  const files: SourceFile[] = [];
  for (const line of digests.split('\n')) {
    const match = /^([0-9a-f]{64})\s+(\d{1,12})\s+(\S+)$/.exec(line.trim());
    if (match === null) continue;
    const [, sha256 = '', size = '', file = ''] = match;
    if (!NAME.test(file)) return null;
    if (!/\.(?:dsc|asc)$/.test(file)) files.push({ name: file, sha256, sizeBytes: Number(size) });
  }
  if (files.length === 0 || files.length > FILES_LIMIT) return null;
  return { package: name, version, format: stanza.get('format') ?? '1.0', directory, files };
}
