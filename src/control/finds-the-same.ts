import type { Observation } from '../observe/index.ts';
import type { FileTree } from '../rootfs/index.ts';

/** What is another in each run, or no file of an image. */
const ELSEWHERE = /^\/(?:proc|sys|dev|tmp|var\/tmp)(?:\/|$)/;

/**
 * Whether a run found the same files as one in the whole root, but for those that its own root lacks. Equal output is not
 * enough to tell that nothing is missing: without json's own files `import json` still succeeds, by an empty folder.
 */
export function findsTheSame(whole: Observation, part: Observation, tree: FileTree): boolean {
  if (!whole.started || !part.started) return false;
  const [expected, found] = [filesOf(whole), filesOf(part)];
  for (const path of found) if (!expected.has(path)) return false;
  for (const path of expected) if (!found.has(path) && tree.resolve(path) !== null) return false;
  return true;
}

function filesOf({ found }: Observation): ReadonlySet<string> {
  const files = new Set<string>();
  for (const [path, use] of found) if (!use.isWritten && !ELSEWHERE.test(path)) files.add(path);
  return files;
}
