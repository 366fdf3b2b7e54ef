import { isPathTooLong } from '../core/path-limits.ts';
import type { ByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import { compareNames } from '../tar/index.ts';
import type { LayerEntry, LayerFile } from './layer-entry.ts';

/** Of a layer's files: what unpacks to more is read by no reader of morsel, and a sparse file costs nothing to name. */
export const LAYER_CONTENT_LIMIT_BYTES = 64 * 1024 ** 3;
/** What two files are compared by, at a time. */
const COMPARE_BYTES = 256 * 1024;

/**
 * The entries of one layer as they are written: sorted by bytes, each path once. Two entries for one path that say the
 * same (the same file found by two needs) become one with both reasons; all else about a path twice is an error.
 * Errors: USAGE for a path that cannot be in an image, and for two entries that contradict each other; LIMIT_EXCEEDED.
 */
export function normaliseEntries(entries: readonly LayerEntry[]): LayerEntry[] {
  const byPath = entriesByPath(entries);
  let contentBytes = 0;
  for (const entry of byPath.values()) {
    checkParents(entry, byPath);
    if (entry.kind === 'file') contentBytes += entry.sizeBytes;
    if (contentBytes > LAYER_CONTENT_LIMIT_BYTES) throw tooLarge(entry.path);
  }
  return [...byPath.values()].sort((a, b) => compareNames(a.path, b.path));
}

/** In their order, those for one path that say the same as one with both reasons. Error: USAGE, as of `normaliseEntries`. */
export function mergeEntries(entries: readonly LayerEntry[]): readonly LayerEntry[] {
  return [...entriesByPath(entries).values()];
}

function entriesByPath(entries: readonly LayerEntry[]): ReadonlyMap<string, LayerEntry> {
  const byPath = new Map<string, LayerEntry>();
  for (const entry of entries) {
    const path = normaliseImagePath(entry.path);
    const named = path === entry.path ? entry : { ...entry, path };
    const before = byPath.get(path);
    byPath.set(path, before === undefined ? named : merge(before, named));
  }
  return byPath;
}

/** `/usr//bin/./x/` -> `/usr/bin/x`. Errors: USAGE for relative paths, `..`, NUL, `/` itself and too long names. */
export function normaliseImagePath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const problem = !path.startsWith('/')
    ? 'is not absolute'
    : parts.includes('..')
      ? 'contains ".."'
      : parts.length === 0
        ? 'is the root itself'
        : path.includes('\0')
          ? 'contains a NUL'
          : parts.some((part) => part.startsWith('.wh.'))
            ? 'begins with ".wh.", which means "deleted" in a layer'
            : isPathTooLong(path)
              ? 'is too long for Linux'
              : null;
  if (problem !== null) {
    throw new MorselError('USAGE', `the image path ${JSON.stringify(path)} ${problem}`, {
      hint: 'give an absolute path such as /etc/app.conf',
    });
  }
  return `/${parts.join('/')}`;
}

/** For a directory of an image, which may be `/`. Error: USAGE, as of `normaliseImagePath`. */
export function checkImageDirectory(path: string): void {
  if (path !== '/') normaliseImagePath(path);
}

function tooLarge(path: string): MorselError {
  return new MorselError(
    'LIMIT_EXCEEDED',
    `the files of the image have more than ${LAYER_CONTENT_LIMIT_BYTES} bytes, with ${path}`,
    { hint: 'leave it out, and mount it when the image is run' },
  );
}

function merge(first: LayerEntry, second: LayerEntry): LayerEntry {
  if (!isSame(first, second)) {
    throw new MorselError(
      'USAGE',
      `two different things are to be at ${first.path} in the image: ${first.reason}; and ${second.reason}`,
      { hint: 'leave one of them out, or give it another path' },
    );
  }
  const reason = first.reason === second.reason ? first.reason : `${first.reason}; ${second.reason}`;
  return { ...first, reason };
}

function isSame(a: LayerEntry, b: LayerEntry): boolean {
  if ((a.uid ?? 0) !== (b.uid ?? 0) || (a.gid ?? 0) !== (b.gid ?? 0)) return false;
  if (a.kind === 'symlink' && b.kind === 'symlink') return a.target === b.target;
  if (a.kind === 'directory' && b.kind === 'directory') return a.mode === b.mode;
  return a.kind === 'file' && b.kind === 'file' && isSameFile(a, b);
}

function isSameFile(a: LayerFile, b: LayerFile): boolean {
  if (a.mode !== b.mode || a.sizeBytes !== b.sizeBytes) return false;
  const xattrs = (file: LayerFile): string =>
    JSON.stringify(
      Object.entries(file.xattrs ?? {})
        .map(([name, value]) => `${name}=${value.toString('hex')}`)
        .sort(),
    );
  if (xattrs(a) !== xattrs(b)) return false;
  const sources: ByteSource[] = [];
  try {
    const first = a.open();
    sources.push(first);
    const second = b.open();
    sources.push(second);
    for (let offset = 0; offset < a.sizeBytes; offset += COMPARE_BYTES) {
      if (!first.read(offset, COMPARE_BYTES).equals(second.read(offset, COMPARE_BYTES))) return false;
    }
    return true;
  } finally {
    for (const source of sources) source.close();
  }
}

/** Below a file nothing can be, and what is put below a symlink ends elsewhere, in each engine differently. */
function checkParents(entry: LayerEntry, byPath: ReadonlyMap<string, LayerEntry>): void {
  for (let slash = entry.path.lastIndexOf('/'); slash > 0; slash = entry.path.lastIndexOf('/', slash - 1)) {
    const parent = byPath.get(entry.path.slice(0, slash));
    if (parent === undefined || parent.kind === 'directory') continue;
    const what = parent.kind === 'file' ? 'a file' : `a symbolic link to ${parent.target}`;
    throw new MorselError('USAGE', `${entry.path} cannot be in the image: ${parent.path} is ${what}`, {
      hint: parent.kind === 'file' ? 'give one of them another path' : 'give the path that the link leads to',
      details: { path: entry.path, parent: parent.path },
    });
  }
}
