/** What morsel keeps in its cache: each can be made again. */
export interface CacheEntry {
  /** `work`: objects of a project and rung. `shared`: what all projects use, such as a built standard library. `code`: V8's. */
  readonly kind: 'work' | 'shared' | 'code';
  /** Of a project, `NAME-KEY/RUNG-SIZE`; elsewhere the folder's own. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** On the disk: what removing it gives back. */
  readonly sizeBytes: number;
  /** When it was used last, ISO 8601. */
  readonly lastUsed: string;
}

/** `cache ls --format json` prints this. */
export interface CacheListing {
  /** Absolute; it need not be there. */
  readonly directory: string;
  /** The largest first. */
  readonly entries: readonly CacheEntry[];
  /** On the disk, of all. */
  readonly sizeBytes: number;
}

/** `cache prune --format json` prints this. */
export interface PrunedCache {
  /** Absolute. */
  readonly directory: string;
  /** What is not there any more. */
  readonly removed: readonly CacheEntry[];
  /** What a build uses at this moment; it stays. */
  readonly inUse: readonly CacheEntry[];
  /** On the disk, of what was removed. */
  readonly freedBytes: number;
}
