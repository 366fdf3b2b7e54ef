import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defaultCacheDirectory } from '../core/cache-directory.ts';
import type { CacheEntry, CacheListing } from './cache-entry.ts';
import { diskUsage } from './disk-usage.ts';

export interface CacheOptions {
  /** Default `$XDG_CACHE_HOME/morsel`. */
  readonly cacheDirectory?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What morsel keeps, the largest first; an empty list where there is no cache. Error: INTERRUPTED. */
export async function listCache({ cacheDirectory, signal }: CacheOptions = {}): Promise<CacheListing> {
  const directory = resolve(cacheDirectory ?? defaultCacheDirectory());
  const entries: CacheEntry[] = [];
  for (const found of foldersOf(directory)) {
    const { mtime } = statSync(found.path);
    const sizeBytes = await diskUsage(found.path, signal);
    entries.push({ ...found, sizeBytes, lastUsed: mtime.toISOString() });
  }
  entries.sort((a, b) => b.sizeBytes - a.sizeBytes || (a.path < b.path ? -1 : 1));
  return { directory, entries, sizeBytes: totalOf(entries) };
}

export function totalOf(entries: readonly CacheEntry[]): number {
  return entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

type Folder = Pick<CacheEntry, 'kind' | 'name' | 'path'>;

/** The folders that are made and removed as a whole: of a project each rung and profile has its own. */
function foldersOf(directory: string): readonly Folder[] {
  const work = namesOf(join(directory, 'work')).flatMap((project) =>
    namesOf(join(directory, 'work', project)).map((rung): Folder => {
      return { kind: 'work', name: `${project}/${rung}`, path: join(directory, 'work', project, rung) };
    }),
  );
  const shared = namesOf(join(directory, 'shared')).map((name): Folder => {
    return { kind: 'shared', name, path: join(directory, 'shared', name) };
  });
  const code: readonly Folder[] = namesOf(directory).includes('code')
    ? [{ kind: 'code', name: 'code', path: join(directory, 'code') }]
    : [];
  return [...work, ...shared, ...librariesOf(directory), ...code];
}

/** Of libraries that were compiled: what was downloaded as a whole, each that was built, each set of them, each build. */
function librariesOf(directory: string): readonly Folder[] {
  const all = join(directory, 'libraries');
  const wholes = ['downloads', 'releases', 'logs', 'compilers', 'sandbox'].filter((name) =>
    namesOf(all).includes(name),
  );
  const each = ['built', 'sysroots'].flatMap((kind) =>
    namesOf(join(all, kind)).map((name) => `${kind}/${name}`),
  );
  const shared = [...wholes, ...each].map((name): Folder => {
    return { kind: 'shared', name: `libraries/${name}`, path: join(all, name) };
  });
  const builds = namesOf(join(all, 'work')).map((name): Folder => {
    return { kind: 'work', name: `libraries/work/${name}`, path: join(all, 'work', name) };
  });
  // Of a build that ended well its empty folder stays, in which others may wait.
  return [...shared, ...builds.filter(({ path }) => readdirSync(path).length > 0)];
}

/** Of the folders in one; a link in the cache is nobody's. */
function namesOf(directory: string): readonly string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
