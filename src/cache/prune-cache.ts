import { existsSync, renameSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { randomName } from '../core/random-name.ts';
import { removeTree } from '../core/remove-tree.ts';
import { withFreeWorkLock } from '../toolchain/index.ts';
import type { CacheEntry, PrunedCache } from './cache-entry.ts';
import { type CacheOptions, listCache, totalOf } from './list-cache.ts';

export interface PruneOptions extends CacheOptions {
  /** What was used in that time stays; 0: nothing does. Default 30. */
  readonly olderThanDays?: number | undefined;
}

export const DEFAULT_AGE_DAYS = 30;
const DAY_MS = 86_400_000;

/**
 * Removes what was not used for some time; a build at work keeps its folder. Errors: USAGE, WRITE_FAILED (the rest is
 * removed nevertheless), INTERRUPTED.
 */
export async function pruneCache(options: PruneOptions = {}): Promise<PrunedCache> {
  const { olderThanDays = DEFAULT_AGE_DAYS } = options;
  if (!(olderThanDays >= 0))
    throw new MorselError('USAGE', `${olderThanDays} is no number of days`, { hint: 'give 0 or more' });
  const { directory, entries } = await listCache(options);
  const limit = Date.now() - olderThanDays * DAY_MS;
  const removed: CacheEntry[] = [];
  const inUse: CacheEntry[] = [];
  for (const entry of entries) {
    if (olderThanDays > 0 && Date.parse(entry.lastUsed) > limit) continue;
    const isRemoved = entry.kind === 'shared' ? removeShared(entry, entries) : removeEntry(entry);
    (isRemoved ? removed : inUse).push(entry);
  }
  return { directory, removed, inUse, freedBytes: totalOf(removed) };
}

/** Any build may be using it. */
function removeShared(entry: CacheEntry, entries: readonly CacheEntry[]): boolean {
  const isBusy = entries.some(
    ({ kind, path }) => kind === 'work' && existsSync(path) && !withFreeWorkLock(path, () => {}),
  );
  return !isBusy && removeEntry(entry);
}

/** Moved aside first: a build that starts meanwhile makes its folder anew. False where one is at work there. */
function removeEntry({ kind, path }: CacheEntry): boolean {
  const aside = join(dirname(path), `.pruned-${randomName()}`);
  const move = (): void => renameSync(path, aside);
  if (kind === 'code') move();
  else if (!withFreeWorkLock(path, move)) return false;
  removeTree(aside);
  if (kind === 'work') removeIfEmpty(dirname(path));
  return true;
}

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // another rung of the project is there
  }
}
