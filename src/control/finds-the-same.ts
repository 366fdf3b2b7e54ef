import { isBelow } from '../core/is-below.ts';
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
  const further = [...found].filter((path) => !expected.has(path));
  if (further.length > 0 && !further.every(isOfThese([...expected], tree))) return false;
  for (const path of expected) if (!found.has(path) && tree.resolve(path) !== null) return false;
  return true;
}

/**
 * Whether a path is no other file: where a name among the expected ones leads, or a directory on the way to one that is
 * there. A program that lacks a cache of a file opens the file itself, and looks whether it may write into the folder.
 */
function isOfThese(expected: readonly string[], tree: FileTree): (path: string) => boolean {
  const present = expected.flatMap((path) => {
    const end = tree.resolve(path)?.path;
    return end === undefined ? [] : [{ path, end }];
  });
  const ends = new Set(present.map(({ end }) => end));
  return (path) =>
    ends.has(path) ||
    (tree.lstat(path)?.kind === 'directory' && present.some((one) => isBelow(one.path, path)));
}

function filesOf({ found }: Observation): ReadonlySet<string> {
  const files = new Set<string>();
  for (const [path, use] of found) if (!use.isWritten && !ELSEWHERE.test(path)) files.add(path);
  return files;
}
