import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { decodeName, encodeName } from '../tar/index.ts';

export interface FileBelow {
  readonly path: string;
  readonly kind: 'file' | 'directory';
  readonly mode: number;
}

/**
 * Files and directories of this machine below one, of those directories that `isEntered` takes, sorted. What is only a link
 * is not looked at: of /etc that is two thirds, and each look is a system call.
 */
export function filesBelow(
  directory: string,
  isEntered: (found: FileBelow) => boolean,
): readonly FileBelow[] {
  const found: FileBelow[] = [];
  for (const name of namesIn(directory)) {
    if (!name.isFile() && !name.isDirectory()) continue;
    const path = `${directory}/${decodeName(name.name)}`;
    const stat = lstatSync(encodeName(path), { throwIfNoEntry: false });
    if (stat === undefined) continue;
    const one: FileBelow = {
      path,
      kind: stat.isDirectory() ? 'directory' : 'file',
      mode: stat.mode & 0o7777,
    };
    found.push(one);
    if (one.kind === 'directory' && isEntered(one)) found.push(...filesBelow(path, isEntered));
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** [] where this user may not look: no program of this user may either. */
function namesIn(directory: string): readonly Dirent<Buffer>[] {
  try {
    return readdirSync(encodeName(directory), { withFileTypes: true, encoding: 'buffer' });
  } catch {
    return [];
  }
}
