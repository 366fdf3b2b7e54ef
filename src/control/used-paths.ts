import type { Observation, PathUse } from '../observe/index.ts';
import { temporaryDirectoryOf } from './ignored-paths.ts';

/** How a path of a source root is used, of several ways the one that asks for most. */
export type UseKind = 'executed' | 'read' | 'needed' | 'listed' | 'looked-at';

export interface UsedPath {
  readonly path: string;
  readonly kind: UseKind;
  /** Of what no trace shows, what asks for it: `loaded by /usr/bin/x`. */
  readonly because: string | null;
  /** Where else the loader is to find it, since it looked it up in /etc/ld.so.cache. */
  readonly alsoAt: string | null;
}

/** More paths than a run is expected to use; what is beyond is not looked at. */
const PATHS_LIMIT = 200_000;

/**
 * What programs used, by the names that they used; of what is written alone nothing can be packed.
 * @param endOf where a path leads to in the source root, links followed.
 */
export function usedPaths(
  observations: readonly Observation[],
  isIgnored: (path: string) => boolean,
  endOf: (path: string) => string | null,
): readonly UsedPath[] {
  const uses = new Map<string, UseKind>();
  const temporary = new Set<string>();
  for (const { started, found } of observations) {
    if (!started) continue;
    const told = toldByKernel(found, endOf);
    for (const [path, use] of found) {
      const directory = temporaryDirectoryOf(path);
      if (directory !== null) temporary.add(directory);
      const kind = told.has(path) ? null : kindOf(use);
      if (uses.size >= PATHS_LIMIT || kind === null || isIgnored(path)) continue;
      const before = uses.get(path);
      if (before === undefined || RANK[kind] < RANK[before]) uses.set(path, kind);
    }
  }
  const paths = [...uses].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    ...paths.map(([path, kind]) => ({ path, kind, because: null, alsoAt: null })),
    ...[...temporary].sort().map(temporaryUse),
  ];
}

function temporaryUse(path: string): UsedPath {
  return { path, kind: 'needed', because: 'for what the program writes there', alsoAt: null };
}

/** Paths that nobody named: the kernel said of an opened link that it leads there, and nothing else was asked of them. */
function toldByKernel(
  found: Observation['found'],
  endOf: (path: string) => string | null,
): ReadonlySet<string> {
  const told = new Set<string>();
  for (const [path, { isRead }] of found) {
    const end = isRead ? endOf(path) : null;
    const use = end === null || end === path ? undefined : found.get(end);
    if (end !== null && use !== undefined && isOnlyRead(use)) told.add(end);
  }
  return told;
}

function isOnlyRead({ isWritten, isExecuted, isListed, isStatted }: PathUse): boolean {
  return !isWritten && !isExecuted && !isListed && !isStatted;
}

const RANK: Readonly<Record<UseKind, number>> = {
  executed: 0,
  read: 1,
  needed: 2,
  listed: 3,
  'looked-at': 4,
};

function kindOf({ isExecuted, isRead, isListed, isStatted }: PathUse): UseKind | null {
  if (isExecuted) return 'executed';
  if (isListed) return 'listed';
  if (isRead) return 'read';
  return isStatted ? 'looked-at' : null;
}
