import { dependencyWalk, type PackageNode } from './dependency-walk.ts';
import type { FileDigest, OwnedPath } from './owned-path.ts';
import { linesOf, PACKAGES_LIMIT, type TextReader } from './text-files.ts';

const PLACES = ['/lib/apk/db/installed', '/usr/lib/apk/db/installed'];

export function readApkText(read: TextReader): string {
  return PLACES.map(read).find((text) => text !== '') ?? '';
}

/** apk-package-database(5): `P:` name, `F:` directory, `R:` file in it, `Z:` the SHA-1 of its content in base 64. */
export function readApkPaths(text: string, add: OwnedPath): void {
  let owner = '';
  let directory = '';
  let file: string | null = null;
  const finish = (digest?: FileDigest): void => {
    if (file !== null) add(file, owner, file.startsWith('/etc/') ? digest : undefined);
    file = null;
  };
  for (const line of linesOf(text)) {
    const value = line.slice(2);
    if (line.startsWith('Z:Q1')) finish(sha1(line.slice(4)));
    else if (!line.startsWith('a:')) finish();
    if (line.startsWith('P:')) owner = value;
    else if (line.startsWith('R:')) file = `/${directory === '' ? '' : `${directory}/`}${value}`;
    else if (line.startsWith('F:')) {
      directory = value;
      add(`/${directory}`, owner);
    }
  }
  finish();
}

function sha1(base64: string): FileDigest {
  return { algorithm: 'sha1', hex: Buffer.from(base64, 'base64').toString('hex') };
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
      if (nodes.push(node) === PACKAGES_LIMIT) break;
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
