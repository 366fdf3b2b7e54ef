import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ByteSource, openByteSource } from '../core/byte-source.ts';
import { isDirectory, statOrNull } from '../core/stat-path.ts';
import { compressionOf } from '../layers/index.ts';
import { DOCKER_MANIFEST_FILE, INDEX_FILE, LAYOUT_FILE } from '../oci/index.ts';
import type { PathLocation } from './location.ts';

/** POSIX ustar, "magic", at 257. */
const USTAR_OFFSET = 257;
const HEAD_BYTES = USTAR_OFFSET + 5;

/**
 * What is at a path that exists: the one place that decides it. Its bytes may still be damaged; whoever reads them says so.
 * Errors: NOT_FOUND, UNREADABLE (also for pipes, sockets and devices).
 */
export function kindOfPath(path: string): PathLocation['kind'] {
  if (!isDirectory(path)) return withHead(path, looksLikeArchive) ? 'archive' : 'file';
  if (isLayout(path)) return 'layout';
  return isUnpackedDockerArchive(path) ? 'docker-archive' : 'root';
}

/**
 * image-layout.md: the file `oci-layout` is what makes a directory a layout. Older tools left it out. What is read as one
 * is added to as one, and then has that file.
 */
export function isLayout(directory: string): boolean {
  const has = (name: string): boolean => existsSync(join(directory, name));
  return has(LAYOUT_FILE) || (has(INDEX_FILE) && has('blobs'));
}

/** A list of images: the `manifest.json` of a web application, which may lie in a root, is an object. */
function isUnpackedDockerArchive(directory: string): boolean {
  const path = join(directory, DOCKER_MANIFEST_FILE);
  return isFile(path) && withHead(path, (head) => /^\s*\[/.test(head.toString('latin1')));
}

/** A tar, or one that is compressed as images are. */
function looksLikeArchive(head: Buffer): boolean {
  if (head.toString('latin1', USTAR_OFFSET) === 'ustar') return true;
  return ['gzip', 'zstd'].includes(compressionOf(head));
}

function withHead<T>(path: string, look: (head: Buffer) => T): T {
  const source: ByteSource = openByteSource(path);
  try {
    return look(source.read(0, HEAD_BYTES));
  } finally {
    source.close();
  }
}

function isFile(path: string): boolean {
  return statOrNull(path)?.isFile() === true;
}
