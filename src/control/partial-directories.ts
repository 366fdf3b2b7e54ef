import type { FileTree } from '../rootfs/index.ts';
import type { PartialDirectory } from './candidates.ts';
import type { PackPlanner } from './pack-planner.ts';
import type { UsedPath } from './used-paths.ts';
import { usedWay } from './used-way.ts';

/** What lies so near to the root holds no plugins: /, /etc, /usr. */
const LEAST_DEPTH = 2;
/** Names of one directory that are looked at. */
const NAMES_LIMIT = 20_000;

/**
 * Directories that programs listed, of which the image does not have every file: plugins are found so, and a run shows
 * only those that it took.
 */
export function partialDirectories(
  used: readonly UsedPath[],
  tree: FileTree,
  planner: PackPlanner,
): readonly PartialDirectory[] {
  const found = new Map<string, PartialDirectory>();
  for (const { path, kind } of used) {
    const end = kind === 'listed' ? usedWay(tree, path)?.end : undefined;
    if (end === undefined || found.has(end) || end.split('/').length <= LEAST_DEPTH) continue;
    const partial = countFiles(path, end, tree, planner);
    if (partial !== null) found.set(end, partial);
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** null where nothing is left out. */
function countFiles(
  path: string,
  end: string,
  tree: FileTree,
  planner: PackPlanner,
): PartialDirectory | null {
  let files = 0;
  let packedFiles = 0;
  let leftBytes = 0;
  for (const name of tree.list(end).slice(0, NAMES_LIMIT)) {
    const entry = tree.resolve(`${end}/${name}`)?.entry;
    if (entry?.kind !== 'file') continue;
    files += 1;
    if (planner.has(`${path}/${name}`)) packedFiles += 1;
    else leftBytes += entry.sizeBytes;
  }
  return packedFiles === files ? null : { path: end, packedFiles, files, leftBytes };
}
