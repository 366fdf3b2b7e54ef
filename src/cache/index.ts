export type { CacheEntry, CacheListing, PrunedCache } from './cache-entry.ts';
export { type CacheOptions, listCache } from './list-cache.ts';
export { pruneCache, type PruneOptions } from './prune-cache.ts';
