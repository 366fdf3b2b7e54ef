import { glibcVersionOf } from '../elf/index.ts';

/** Names come from files: hostile ones must not fill the memory. */
const REMEMBERED_NAMES_LIMIT = 4096;
const ranks = new Map<string, number>();

/**
 * A number that orders `GLIBC_2.4` below `GLIBC_2.34`; -1 for names that are no version of glibc. The same forty
 * names stand in every file: each is taken apart once.
 */
export function glibcRank(versionName: string): number {
  const known = ranks.get(versionName);
  if (known !== undefined) return known;
  if (ranks.size >= REMEMBERED_NAMES_LIMIT) ranks.clear();
  const parts = glibcVersionOf(versionName)?.split('.').map(Number) ?? [];
  const [major = -1, minor = 0, patch = 0] = parts.map((part) => Math.min(part, 9999));
  const rank = major < 0 ? -1 : (major * 10_000 + minor) * 10_000 + patch;
  ranks.set(versionName, rank);
  return rank;
}
