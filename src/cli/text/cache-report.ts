import type { CacheEntry, CacheListing, PrunedCache } from '../../index.ts';
import { formatBytes } from './format-size.ts';
import { formatTable } from './table.ts';
import { joinLines, type Text, text } from './text.ts';

const COLUMNS = [
  { title: 'kind' },
  { title: 'size', align: 'right' },
  { title: 'last used' },
  { title: 'name' },
] as const;

/** `cache ls` as text: a table, and the sum. */
export function formatCacheListing({ directory, entries, sizeBytes }: CacheListing): Text {
  if (entries.length === 0) return text`${directory}: nothing is kept`;
  return joinLines([formatTable(COLUMNS, entries.map(rowOf)), text`${directory}: ${formatBytes(sizeBytes)}`]);
}

/** `cache prune` as text: what went, what stayed because it is in use, and the sum. */
export function formatPrunedCache({ directory, removed, inUse, freedBytes }: PrunedCache): Text {
  return joinLines([
    ...(removed.length === 0 ? [] : [formatTable(COLUMNS, removed.map(rowOf))]),
    ...inUse.map(({ name }) => text`stays: a build is at work in ${name}`),
    text`${directory}: ${formatBytes(freedBytes)} freed`,
  ]);
}

function rowOf({ kind, sizeBytes, lastUsed, name }: CacheEntry): readonly string[] {
  return [kind, formatBytes(sizeBytes), lastUsed.slice(0, 10), name];
}
