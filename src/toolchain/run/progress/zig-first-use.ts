import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandProgress } from '../../../core/events.ts';
import type { ProgressReporter } from './progress-reporter.ts';

/**
 * zig brings its C library, its libc++ and its unwinder as sources, and compiles them when they are first linked, for minutes
 * and without a word. Its global cache has a manifest for each file that was compiled, whose first input is that file.
 */
const LOOK_EVERY_MS = 1_000;
/** By the folder of zig's `lib/` that their sources are in; how many zig 0.17 compiles of each: a guess for others. */
const PARTS = [
  { source: 'libc/musl/', name: 'C library', about: 1_056 },
  { source: 'libcxx/', name: 'libc++', about: 55 },
  { source: 'libcxxabi/', name: 'libc++abi', about: 19 },
  { source: 'libunwind/', name: 'libunwind', about: 11 },
] as const;
/** A few are compiled for other reasons, such as start files for flags that are new. */
const LEAST = 4;
/** Enough of a manifest for the path of its first file. */
const HEAD_BYTES = 256;
/** Of manifests read in one look: another zig may work in the same cache. */
const READ_LIMIT = 400;
/** A cache with more files is an old one, and to list it each second is dear. */
const CACHE_LIMIT = 50_000;

/** Looks into zig's cache while a command runs, and tells of what zig compiles for itself. Call what it answers at its end. */
export function watchZig(
  env: Readonly<Record<string, string | undefined>>,
  reporter: ProgressReporter,
): () => void {
  const look = zigLibraries(env);
  if (look === null) return () => {};
  const timer = setInterval(() => {
    const state = look();
    if (state !== null) reporter.show(state);
  }, LOOK_EVERY_MS).unref();
  return () => clearInterval(timer);
}

type ZigLibrary = Omit<CommandProgress, 'kind' | 'purpose'>;

/** What answers how far zig is with the library that it compiles since the last look; null where it compiles none. */
export function zigLibraries(
  env: Readonly<Record<string, string | undefined>>,
): (() => ZigLibrary | null) | null {
  const folder = manifestFolder(env);
  const seen = folder === null ? null : namesIn(folder);
  if (folder === null || seen === null || seen.length > CACHE_LIMIT) return null;
  const known = new Set(seen);
  const counts = new Map<string, number>();
  return () => {
    const fresh = (namesIn(folder) ?? []).filter((name) => !known.has(name)).slice(0, READ_LIMIT);
    let latest: (typeof PARTS)[number] | null = null;
    for (const name of fresh) {
      known.add(name);
      const part = partOf(join(folder, name));
      if (part === null) continue;
      counts.set(part.name, (counts.get(part.name) ?? 0) + 1);
      latest = part;
    }
    const done = latest === null ? 0 : (counts.get(latest.name) ?? 0);
    if (latest === null || done < LEAST) return null;
    const { name, about } = latest;
    return {
      unit: 'files',
      done,
      total: done <= about ? about : null,
      current: null,
      once: `zig’s own ${name}`,
    };
  };
}

function manifestFolder(env: Readonly<Record<string, string | undefined>>): string | null {
  const { ZIG_GLOBAL_CACHE_DIR, XDG_CACHE_HOME, HOME } = env;
  const cache =
    ZIG_GLOBAL_CACHE_DIR ??
    (XDG_CACHE_HOME === undefined ? undefined : join(XDG_CACHE_HOME, 'zig')) ??
    (HOME === undefined ? undefined : join(HOME, '.cache/zig'));
  return cache === undefined ? null : join(cache, 'h');
}

/** [] where it is not made yet; null where it cannot be read. */
function namesIn(folder: string): readonly string[] | null {
  try {
    return readdirSync(folder);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? [] : null;
  }
}

function partOf(manifest: string): (typeof PARTS)[number] | null {
  const source = firstSource(headOf(manifest));
  return PARTS.find((part) => source.startsWith(part.source)) ?? null;
}

/** Of a file: its size, inode and time (8 bytes each), its digest (16), which folder its path is below (1), and that. */
const PATH_OFFSET = 41;

/** The path that a manifest begins with: since zig 0.16 of binary fields, before it a line of text behind a header. */
function firstSource(head: string): string {
  const [path = ''] = head.slice(PATH_OFFSET).split('\0', 1);
  const isBinary = head.slice(0, PATH_OFFSET).includes('\0');
  return isBinary ? path : (head.split('\n', 2)[1]?.split(' ')[5] ?? '');
}

function headOf(path: string): string {
  try {
    const fd = openSync(path, 'r');
    try {
      const head = Buffer.alloc(HEAD_BYTES);
      return head.toString('latin1', 0, readSync(fd, head, 0, HEAD_BYTES, 0));
    } finally {
      closeSync(fd);
    }
  } catch {
    return ''; // it went, or is not ours to read
  }
}
