import { MorselError } from '../../core/errors.ts';
import { readSmallFile } from '../../core/read-small-file.ts';
import { writeFileAtomically } from '../../core/write-file-atomically.ts';

/** Beside a project's morsel.json: which sources its libraries are built of. docs/reference/lock-file.md has the format. */
export const LOCK_FILE_NAME = 'morsel.lock.json';

export interface LibraryLock {
  readonly version: 1;
  /** By the name of the library. */
  readonly libraries: Readonly<Record<string, LockedLibrary>>;
}

export interface LockedLibrary {
  /** `debian:zlib`, or a URL. */
  readonly source: string;
  /** Debian's, or what the name of the file says. */
  readonly version: string;
  /** Of a Debian package alone. */
  readonly debian?: LockedPackage;
  readonly files: readonly LockedFile[];
}

export interface LockedPackage {
  readonly format: string;
  readonly archive: 'main' | 'security';
  readonly directory: string;
}

export interface LockedFile {
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

const LOCK_LIMIT_BYTES = 4 * 1024 * 1024;
export const EMPTY_LOCK: LibraryLock = { version: 1, libraries: {} };

/** An empty one where there is none. Errors: CONFIG_INVALID, UNREADABLE, LIMIT_EXCEEDED. */
export function readLibraryLock(path: string): LibraryLock {
  const bytes = readSmallFile(path, LOCK_LIMIT_BYTES);
  return bytes === null ? EMPTY_LOCK : parseLibraryLock(bytes.toString('utf8'), path);
}

/** In the order of names, so that the same libraries give the same bytes. Errors: DISK_FULL, WRITE_FAILED. */
export function writeLibraryLock(path: string, lock: LibraryLock): void {
  const text = formatLibraryLock(lock);
  if (readSmallFile(path, LOCK_LIMIT_BYTES)?.toString('utf8') === text) return;
  writeFileAtomically(path, text);
}

/** Pure. */
export function formatLibraryLock({ libraries }: LibraryLock): string {
  const sorted = Object.entries(libraries).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify({ version: 1, libraries: Object.fromEntries(sorted) }, null, 2)}\n`;
}

/** Pure. Error: CONFIG_INVALID. */
export function parseLibraryLock(text: string, path: string): LibraryLock {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(path, 'is no JSON', cause);
  }
  if (!isRecord(value) || value['version'] !== 1 || !isRecord(value['libraries']))
    throw invalid(path, 'has no "version": 1 and "libraries"');
  const libraries: Record<string, LockedLibrary> = {};
  for (const [name, library] of Object.entries(value['libraries'])) {
    const locked = lockedLibrary(library);
    if (locked === null)
      throw invalid(path, `says something else of ${JSON.stringify(name)} than morsel writes`);
    libraries[name] = locked;
  }
  return { version: 1, libraries };
}

/** Parts of paths and of addresses: as strict as what they were made from. */
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9+.~_-]{0,200}$/;
const DIRECTORY = /^pool(?:\/(?!\.\.?(?:\/|$))[A-Za-z0-9+._-]{1,100}){1,6}$/;

function lockedLibrary(value: unknown): LockedLibrary | null {
  if (!isRecord(value) || typeof value['source'] !== 'string' || typeof value['version'] !== 'string')
    return null;
  if (!Array.isArray(value['files'])) return null;
  const files = value['files'].map(lockedFile);
  const debian = value['debian'] === undefined ? undefined : lockedPackage(value['debian']);
  if (debian === null || files.length === 0 || files.includes(null)) return null;
  // In the order in which it is written.
  return {
    source: value['source'],
    version: value['version'],
    ...(debian === undefined ? {} : { debian }),
    files: files as LockedFile[],
  };
}

function lockedFile(value: unknown): LockedFile | null {
  if (!isRecord(value)) return null;
  const { name, sha256, sizeBytes } = value;
  if (typeof name !== 'string' || !FILE_NAME.test(name)) return null;
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) return null;
  if (typeof sizeBytes !== 'number' || !Number.isSafeInteger(sizeBytes) || sizeBytes < 0) return null;
  return { name, sha256, sizeBytes };
}

function lockedPackage(value: unknown): LockedPackage | null {
  if (!isRecord(value)) return null;
  const { format, archive, directory } = value;
  if (typeof format !== 'string' || typeof directory !== 'string' || !DIRECTORY.test(directory)) return null;
  return archive === 'main' || archive === 'security' ? { format, archive, directory } : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(path: string, what: string, cause?: unknown): MorselError {
  return new MorselError('CONFIG_INVALID', `${path} ${what}`, {
    cause,
    hint: 'take it back from version control; or remove it, and the newest sources are taken and written down anew',
  });
}
