import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { CHECK_PATH_HINT } from '../core/hints.ts';
import { readSmallFile } from '../core/read-small-file.ts';
import { isDirectory } from '../core/stat-path.ts';

/** YAML as somebody has written it: one file, or what came by stdin. */
export interface DocumentsFile {
  /** As it was named, or found; `stdin`. */
  readonly name: string;
  readonly text: string;
}

/** kubectl takes these from a folder (`resource.FileExtensions`), and so does ko. */
const EXTENSION = /\.(?:ya?ml|json)$/;
/** etcd takes no object above 1.5 MiB; a file may have several: the bundles of operators have some 4 MB. */
const FILE_LIMIT_BYTES = 8 * 1024 * 1024;

export interface ReadDocumentsOptions {
  /** The folders in a folder too. */
  readonly recursive: boolean;
  readonly stdin: AsyncIterable<Uint8Array>;
}

/**
 * Files, folders with files, and `-` for stdin, in this order; of a folder in the order of names. Errors: NOT_FOUND,
 * UNREADABLE, LIMIT_EXCEEDED, CONFIG_INVALID for what is not UTF-8.
 */
export async function readDocuments(
  places: readonly string[],
  { recursive, stdin }: ReadDocumentsOptions,
): Promise<readonly DocumentsFile[]> {
  const files: DocumentsFile[] = [];
  for (const place of places) {
    if (place === '-') files.push({ name: 'stdin', text: decode('stdin', await readAll(stdin)) });
    else files.push(...filesAt(place, recursive).map(readFile));
  }
  return files;
}

/** A file that is named is read whatever its name is. */
function filesAt(place: string, recursive: boolean): readonly string[] {
  if (!isDirectory(place)) return [place];
  const found = filesBelow(place, recursive);
  if (found.length > 0) return found;
  throw new MorselError('NOT_FOUND', `${place} has no .yaml, .yml or .json file`, {
    hint: recursive ? CHECK_PATH_HINT : 'give -R to look in the folders in it too',
  });
}

/** Links to folders are not followed: they may lead back. */
function filesBelow(folder: string, recursive: boolean): readonly string[] {
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return recursive ? filesBelow(path, recursive) : [];
    return EXTENSION.test(entry.name) ? [path] : [];
  });
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new MorselError('UNREADABLE', `${folder} cannot be read (${code})`, {
      cause,
      hint: 'check that you may read this folder',
    });
  }
}

function readFile(path: string): DocumentsFile {
  const bytes = readSmallFile(path, FILE_LIMIT_BYTES);
  if (bytes === null) throw new MorselError('NOT_FOUND', `${path} does not exist`, { hint: CHECK_PATH_HINT });
  return { name: path, text: decode(path, bytes) };
}

async function readAll(stdin: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of stdin) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > FILE_LIMIT_BYTES)
      throw new MorselError('LIMIT_EXCEEDED', `stdin has more than ${FILE_LIMIT_BYTES} bytes`, {
        hint: 'give its documents in several calls',
      });
  }
  return Buffer.concat(chunks);
}

/** A byte order mark is left out: documents are joined, and it is one at the very beginning alone (YAML 1.2.2, 5.2). */
function decode(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new MorselError('CONFIG_INVALID', `${name} is not UTF-8`, { cause, hint: 'save it as UTF-8' });
  }
}
