import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Paths looked at; a root with more is compared in part. */
const PATHS_LIMIT = 200_000;
/** Named in a finding; the rest is counted. */
const NAMED_LIMIT = 5;

/** Path → what changes when somebody writes there. */
export type RootSnapshot = ReadonlyMap<string, string>;

/** Everything in a root directory, so that what a program wrote can be told afterwards. */
export function snapshotRoot(root: string): RootSnapshot {
  const seen = new Map<string, string>();
  const pending = ['/'];
  for (let path = pending.pop(); path !== undefined && seen.size < PATHS_LIMIT; path = pending.pop()) {
    const stat = lstatSync(join(root, path), { bigint: true, throwIfNoEntry: false });
    if (stat === undefined) continue;
    if (!stat.isDirectory()) {
      seen.set(path, `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.mode}`);
      continue;
    }
    // A directory's time changes with every name in it, which is told by that name.
    seen.set(path, `directory ${stat.mode}`);
    for (const name of listDirectory(join(root, path)))
      pending.push(path === '/' ? `/${name}` : `${path}/${name}`);
  }
  return seen;
}

function listDirectory(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** `wrote /data/db, /tmp/x and 3 more`; null when nothing is different. */
export function describeWrites(before: RootSnapshot, after: RootSnapshot): string | null {
  const written = [...after].filter(([path, state]) => before.get(path) !== state).map(([path]) => path);
  const removed = [...before.keys()].filter((path) => !after.has(path)).map((path) => `${path} (removed)`);
  const changed = [...written, ...removed].sort();
  // /data is named by what is in it.
  const leaves = changed.filter((path) => !changed.some((other) => other.startsWith(`${path}/`)));
  if (leaves.length === 0) return null;
  const named = leaves.slice(0, NAMED_LIMIT).join(', ');
  return `wrote ${named}${leaves.length > NAMED_LIMIT ? ` and ${leaves.length - NAMED_LIMIT} more` : ''}`;
}
