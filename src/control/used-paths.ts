import type { Observation, PathUse } from '../observe/index.ts';
import { isIgnored } from './ignored-paths.ts';

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

/** What programs used, by name; of what is written alone nothing can be packed. */
export function usedPaths(
  observations: readonly Observation[],
  scratch: readonly string[],
): readonly UsedPath[] {
  const uses = new Map<string, UseKind>();
  for (const { started, found } of observations) {
    if (!started) continue;
    for (const [path, use] of found) {
      const kind = kindOf(use);
      if (uses.size >= PATHS_LIMIT || kind === null || isIgnored(path, scratch)) continue;
      const before = uses.get(path);
      if (before === undefined || RANK[kind] < RANK[before]) uses.set(path, kind);
    }
  }
  const paths = [...uses].sort(([a], [b]) => (a < b ? -1 : 1));
  return paths.map(([path, kind]) => ({ path, kind, because: null, alsoAt: null }));
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
