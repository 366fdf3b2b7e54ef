import { mkdirSync, rmdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * `mkdir -p` of an absolute path; answers what it has made, outermost first; all or nothing. Node's own recursive mkdir does not end
 * where a file system answers ENOENT to mkdir itself, as /proc does.
 */
export function makeDirectories(path: string): readonly string[] {
  const absent: string[] = [];
  for (let at = path; statSync(at, { throwIfNoEntry: false }) === undefined; at = dirname(at))
    absent.push(at);
  absent.reverse();
  const made: string[] = [];
  try {
    for (const directory of absent) {
      mkdirSync(directory);
      made.push(directory);
    }
  } catch (error) {
    for (const directory of made.reverse()) rmdirSync(directory);
    throw error;
  }
  return made;
}
