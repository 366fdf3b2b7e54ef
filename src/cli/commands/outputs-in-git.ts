import { lstatSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readTextIfAny } from '../../core/read-small-file.ts';

/** Git itself reads larger ones; then nothing is said. */
const IGNORE_FILE_LIMIT_BYTES = 64 * 1024;
const DEPTH_LIMIT = 64;

/**
 * Which of these files, all of one folder, `git add .` would take: those in a work tree whose names no .gitignore has, as they
 * are or by their endings. Only what is written there in so many words counts: git is not asked, since its configuration in a
 * foreign project can name programs.
 */
export function outputsInGit(paths: readonly string[]): readonly string[] {
  const [first] = paths;
  const ignored = first === undefined ? null : linesOfWorkTree(dirname(first));
  if (ignored === null) return [];
  return paths
    .map((path) => basename(path))
    .filter((name) => !namesOf(name).some((line) => ignored.has(line)));
}

function namesOf(name: string): readonly string[] {
  const endings = [...name.matchAll(/\./g)].map(({ index }) => `*${name.slice(index)}`);
  return [name, `/${name}`, ...endings];
}

/** Of each .gitignore from a folder up to the top of its work tree; null where it is in none. */
function linesOfWorkTree(folder: string): ReadonlySet<string> | null {
  const lines = new Set<string>();
  let directory = folder;
  for (let depth = 0; depth < DEPTH_LIMIT; depth += 1) {
    for (const line of linesOf(join(directory, '.gitignore'))) lines.add(line);
    if (isThere(join(directory, '.git'))) return lines;
    const above = dirname(directory);
    if (above === directory) return null;
    directory = above;
  }
  return null;
}

function linesOf(path: string): readonly string[] {
  return (readTextIfAny(path, IGNORE_FILE_LIMIT_BYTES) ?? '').split(/\r?\n/);
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
