import { createHash } from 'node:crypto';
import { existsSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { defaultCacheDirectory } from '../core/cache-directory.ts';
import type { EventSink } from '../core/events.ts';
import { removeTree } from '../core/remove-tree.ts';
import { attempt } from '../core/write-error.ts';
import {
  type BuiltLibrary,
  type CToolchain,
  type LibrarySysroot,
  makeDirectory,
  type Tools,
  withWorkLock,
} from '../toolchain/index.ts';
import { type LibraryCache, libraryCache } from './build/build-folders.ts';
import { buildLibrary, type BuildLibraryOptions, readDescription } from './build/build-library.ts';
import { libraryKey } from './build/library-key.ts';
import type { LibrarySandbox } from './build/library-sandbox.ts';
import { type LibraryToolchain, toolchainDigest } from './build/library-toolchain.ts';
import { mergePrefixes } from './build/merge-prefixes.ts';
import { toolVersions } from './build/tool-versions.ts';
import {
  EMPTY_LOCK,
  type LibraryLock,
  type LockedLibrary,
  readLibraryLock,
  writeLibraryLock,
} from './lock/library-lock.ts';
import { buildOrder, linkClosure, type RowLookup } from './rows/closure.ts';
import type { LibraryRow } from './rows/library-row.ts';
import { DownloadStore, CACHE_HINT } from './sources/download-store.ts';
import { findMirrors } from './sources/find-mirrors.ts';
import { KeptReleases } from './sources/kept-releases.ts';
import type { LibraryRequest } from './sources/library-request.ts';
import { type LibrarySources, resolveSources } from './sources/resolve-sources.ts';
import { wantLibraries } from './want-libraries.ts';

export interface ProvideLibrariesOptions {
  readonly tools: Tools;
  /** Default `$XDG_CACHE_HOME/morsel`. */
  readonly cacheDirectory?: string | undefined;
  /** The project's `morsel.lock.json`, read first and written at the end; undefined: none. */
  readonly lockFile?: string | undefined;
  readonly offline?: boolean | undefined;
  readonly jobs?: number | undefined;
  /** Of each command. */
  readonly timeoutMs?: number | undefined;
  readonly sandbox?: LibrarySandbox | null | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: EventSink | undefined;
  /** Of Debian's archive; default: that of this machine. */
  readonly keyring?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * These libraries and all that they need, static, for one toolchain: from the cache where they were built before, else from
 * their sources. Errors: CONFIG_INVALID for a name that is no row's, LIBRARY_BUILD_FAILED, SIGNATURE_INVALID, NETWORK,
 * DIGEST_MISMATCH, TAR_INVALID, LIMIT_EXCEEDED, NOT_FOUND, TOOLCHAIN_MISSING, DISK_FULL, WRITE_FAILED, INTERRUPTED.
 */
export async function provideLibraries(
  names: readonly (string | LibraryRequest)[],
  toolchain: CToolchain,
  options: ProvideLibrariesOptions,
): Promise<LibrarySysroot> {
  const cacheDirectory = resolve(options.cacheDirectory ?? defaultCacheDirectory());
  const wanted = wantLibraries(names);
  const rows = buildOrder(wanted.names, wanted.rowOf);
  const lock = options.lockFile === undefined ? EMPTY_LOCK : readLibraryLock(options.lockFile);
  const cache = libraryCache(cacheDirectory);
  const sources = await resolveSources(
    rows.map((row) => ({ row, origin: wanted.originOf(row) })),
    {
      lock,
      mirrors: findMirrors(options.env ?? process.env),
      store: new DownloadStore(cache.downloads),
      releases: new KeptReleases(cache.releases),
      offline: options.offline === true,
      keyring: options.keyring,
      signal: options.signal,
      onEvent: options.onEvent,
    },
  );
  const built = await buildAll(
    rows,
    wanted.rowOf,
    sources,
    { c: toolchain, tools: options.tools },
    { ...options, cacheDirectory },
  );
  const path = await mergeSysroot(built, cache, options.signal);
  if (options.lockFile !== undefined) writeLibraryLock(options.lockFile, withSources(lock, sources));
  return {
    path,
    closure: linkClosure(rows, wanted.rowOf, archivesOf(built)),
    libraries: built.map(({ library }) => library),
  };
}

function archivesOf(built: readonly Built[]): ReadonlyMap<string, readonly string[]> {
  return new Map(built.map(({ library }) => [library.name, library.archives]));
}

interface Built {
  readonly key: string;
  readonly folder: string;
  readonly library: BuiltLibrary;
}

async function buildAll(
  rows: readonly LibraryRow[],
  rowOf: RowLookup,
  sources: ReadonlyMap<string, LibrarySources>,
  toolchain: LibraryToolchain,
  options: BuildLibraryOptions,
): Promise<readonly Built[]> {
  const built = new Map<string, Built>();
  const digest = toolchainDigest(toolchain);
  for (const [index, row] of rows.entries()) {
    const own = sources.get(row.name);
    if (own === undefined) throw new Error(`no sources of ${row.name}`);
    const needs = buildOrder(row.needs, rowOf).toReversed();
    const key = libraryKey({
      row,
      version: own.version,
      sourcesDigest: own.digest,
      toolchainDigest: digest,
      needKeys: needs.map(({ name }) => built.get(name)?.key ?? ''),
      toolVersions: await toolVersions(row, options.signal),
    });
    const place = `library ${index + 1} of ${rows.length}`;
    const folders = needs.map((need) => ({ row: need, folder: built.get(need.name)?.folder ?? '' }));
    const folder = await buildLibrary({ row, key, sources: own, toolchain, needs: folders, place }, options);
    built.set(row.name, { key, folder, library: readDescription(folder) });
  }
  return [...built.values()];
}

/** One folder for each set of libraries, made once. */
async function mergeSysroot(
  built: readonly Built[],
  { sysroots, work }: LibraryCache,
  signal: AbortSignal | undefined,
): Promise<string> {
  const keys = built.map(({ key, library }) => `${library.name}-${key}`).toSorted();
  const name = createHash('sha256').update(keys.join('\n')).digest('hex').slice(0, 24);
  const path = join(sysroots, name);
  const making = join(work, `sysroot-${name}`);
  const isWhole = (): boolean => existsSync(join(path, 'sysroot.json'));
  if (!isWhole())
    await withWorkLock(making, signal, () => {
      if (!isWhole()) makeSysroot(built, path, join(making, 'sysroot'), keys);
      return Promise.resolve();
    });
  attempt(path, () => utimesSync(path, new Date(), new Date()), CACHE_HINT);
  return path;
}

function makeSysroot(built: readonly Built[], path: string, aside: string, keys: readonly string[]): void {
  removeTree(aside);
  removeTree(path);
  makeDirectory(aside);
  makeDirectory(dirname(path));
  mergePrefixes(
    built.map(({ folder }) => folder),
    aside,
  );
  attempt(
    path,
    () => {
      writeFileSync(join(aside, 'sysroot.json'), `${JSON.stringify({ libraries: keys }, null, 2)}\n`);
      renameSync(aside, path);
    },
    CACHE_HINT,
  );
}

/** What was locked and is not asked for now stays: another rung or machine may ask for it. */
function withSources(lock: LibraryLock, sources: ReadonlyMap<string, LibrarySources>): LibraryLock {
  const libraries: Record<string, LockedLibrary> = { ...lock.libraries };
  for (const [name, { locked }] of sources) if (locked !== null) libraries[name] = locked;
  return { version: 1, libraries };
}
