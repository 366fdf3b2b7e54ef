import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultCacheDirectory } from '../../core/cache-directory.ts';

/** V8 copies what is not aligned to a word. */
export const ALIGNMENT = 8;
const WRITABLE_BY_OTHERS = 0o022;
/** The largest has a few megabytes. */
const SIZE_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * The compiled form of the chunks that one command uses, by the name of the chunk, in one file; the chunks' names hold
 * a hash of their content. Node 22.1 has a cache of its own, which keeps what the first command has compiled and so
 * little of what the others use, and Node 20 has none (docs/decisions/0014).
 *
 * V8 runs what it reads here as it runs a program: a file that another user could have written is not read, and one of
 * another Node is V8's to refuse (`cachedDataRejected`).
 */
export type CodeCache = ReadonlyMap<string, Buffer>;

/** What `path` holds for this `key`; nothing when it is absent, cut short, of another key, or not this user's own. */
export function readCodeCache(path: string | null, key: string): CodeCache {
  if (path === null) return new Map();
  try {
    const bytes = readOwnFile(path);
    return bytes === null ? new Map() : parse(bytes, key);
  } catch {
    return new Map();
  }
}

function readOwnFile(path: string): Buffer | null {
  // Every start comes here: a pipe of that name must not hold it, nor a device fill the memory.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(file);
    const isOwn = stat.uid === process.geteuid?.() && (stat.mode & WRITABLE_BY_OTHERS) === 0;
    return isOwn && stat.isFile() && stat.size <= SIZE_LIMIT_BYTES ? readFileSync(file) : null;
  } finally {
    closeSync(file);
  }
}

/** Records of a name and bytes, each with its length before it; the first is the key. */
function parse(bytes: Buffer, key: string): CodeCache {
  const records = new Map<string, Buffer>();
  let at = 0;
  const next = (): Buffer => {
    const start = at + ALIGNMENT;
    const length = bytes.readUInt32LE(at);
    if (length > bytes.length - start) throw new RangeError('cut short');
    at = start + Math.ceil(length / ALIGNMENT) * ALIGNMENT;
    return bytes.subarray(start, start + length);
  };
  if (next().toString() !== key) return records;
  while (at < bytes.length) records.set(next().toString(), next());
  return records;
}

/** Where the cache of one command is, if anywhere: one file for each Node, in which a new morsel takes the old one's place. */
export function codeCachePath(command: string): string | null {
  try {
    return join(defaultCacheDirectory(), 'code', `${command}-${process.version}-${process.arch}`);
  } catch {
    return null; // no HOME, and a user whom /etc/passwd does not know
  }
}
