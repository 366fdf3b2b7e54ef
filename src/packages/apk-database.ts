import { dependencyWalk, type PackageNode } from './dependency-walk.ts';
import type { OwnedPath } from './dpkg-lists.ts';
import { linesOf, type TextReader } from './text-files.ts';

const PLACES = ['/lib/apk/db/installed', '/usr/lib/apk/db/installed'];

export function readApkText(read: TextReader): string {
  return PLACES.map(read).find((text) => text !== '') ?? '';
}

/** apk-package-database(5): `P:` name, `F:` directory, `R:` file in it. */
export function readApkPaths(text: string, add: OwnedPath): void {
  let owner = '';
  let directory = '';
  for (const line of linesOf(text)) {
    const value = line.slice(2);
    if (line.startsWith('P:')) owner = value;
    else if (line.startsWith('F:')) {
      directory = value;
      add(`/${directory}`, owner);
    } else if (line.startsWith('R:')) add(`/${directory === '' ? '' : `${directory}/`}${value}`, owner);
  }
}

/** The package with all that it depends on: `D:` wants, `p:` provides, with versions that are not asked. */
export function apkFamily(text: string, first: string): ReadonlySet<string> {
  const nodes: PackageNode[] = [];
  let node = { name: '', provides: [] as readonly string[], depends: [] as readonly string[] };
  for (const line of linesOf(text)) {
    const value = line.slice(2);
    if (line.startsWith('P:')) node.name = value;
    else if (line.startsWith('D:')) node.depends = names(value);
    else if (line.startsWith('p:')) node.provides = names(value);
    else if (line === '') {
      nodes.push(node);
      node = { name: '', provides: [], depends: [] };
    }
  }
  return dependencyWalk([...nodes, node], first);
}

/** `!name` is a conflict, and what follows `=`, `<`, `>` or `~` a version. */
function names(words: string): readonly string[] {
  return words
    .split(' ')
    .filter((word) => word !== '' && !word.startsWith('!'))
    .map((word) => word.replace(/[=<>~].*$/, ''));
}
