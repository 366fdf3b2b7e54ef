import { lstatSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { listNames } from '../core/list-names.ts';
import { Turns } from '../core/turns.ts';
import { namesIn } from './names-in.ts';

/** Paths looked at; a root with more is compared in part. */
const PATHS_LIMIT = 200_000;
/** Named in a finding; the rest is counted. */
const NAMED_LIMIT = 5;

export interface RootSnapshot {
  /** Path → what changes when somebody writes there. */
  readonly states: ReadonlyMap<string, string>;
  /** Whether all paths were looked at. */
  readonly isWhole: boolean;
}

/**
 * Everything in a root directory in which nothing runs, so that what a program wrote can be told afterwards.
 * Error: INTERRUPTED.
 */
export async function snapshotRoot(
  root: string,
  signal?: AbortSignal,
  pathsLimit = PATHS_LIMIT,
): Promise<RootSnapshot> {
  const turns = new Turns(signal, 'looking at what a program wrote');
  const states = new Map<string, string>();
  const pending = ['/'];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (states.size >= pathsLimit) return { states, isWhole: false };
    await turns.take();
    const state = stateOf(join(root, path));
    if (state === null) continue;
    states.set(path, state);
    if (!state.startsWith(DIRECTORY)) continue;
    for (const name of namesIn(join(root, path))) {
      // A program may have made a million names: what waits counts too.
      if (states.size + pending.length >= pathsLimit) return { states, isWhole: false };
      pending.push(path === '/' ? `/${name}` : `${path}/${name}`);
      await turns.take();
    }
  }
  return { states, isWhole: true };
}

const DIRECTORY = 'directory ';

/** Null for what cannot be looked at: a program may have made a path that is longer than PATH_MAX. */
function stateOf(path: string): string | null {
  try {
    const stat = lstatSync(path, { bigint: true });
    // A directory's time changes with every name in it, which is told by that name.
    if (stat.isDirectory()) return `${DIRECTORY}${stat.mode}`;
    // Not the inode: an overlay may number its files by itself.
    return `${stat.size} ${stat.mtimeNs} ${stat.mode}`;
  } catch {
    return null;
  }
}

/**
 * `wrote /data/db, /tmp/x and 3 more`; null when nothing is different.
 * @param made paths that others than the program have made.
 */
export function describeWrites(
  before: RootSnapshot,
  after: RootSnapshot,
  made: readonly string[] = [],
): string | null {
  const others = new Set(made);
  const written = [...after.states]
    .filter(([path, state]) => before.states.get(path) !== state && !others.has(path))
    .map(([path]) => path);
  const isComparable = before.isWhole && after.isWhole;
  const removed = isComparable ? [...before.states.keys()].filter((path) => !after.states.has(path)) : [];
  // /data is named by what is in it.
  const above = directoriesAbove([...written, ...removed]);
  const leaves = [...written, ...removed.map((path) => `${path} (removed)`)]
    .filter((path) => !above.has(path))
    .sort();
  if (leaves.length === 0) return null;
  return `wrote ${listNames(leaves, NAMED_LIMIT)}`;
}

/** Each directory once, however many of the paths are in it. */
function directoriesAbove(paths: readonly string[]): ReadonlySet<string> {
  const above = new Set<string>();
  for (const path of paths) for (let at = dirname(path); !above.has(at); at = dirname(at)) above.add(at);
  return above;
}
