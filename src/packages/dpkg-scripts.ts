import type { FileTree } from '../rootfs/index.ts';
import { textReader } from './text-files.ts';

const INFO = '/var/lib/dpkg/info';
/** Run when a package comes or goes: deb-postinst(5), deb-prerm(5), deb-postrm(5). */
const SCRIPT = /^([^:]+)(?::[^.]+)?\.(?:postinst|prerm|postrm)$/;
/** Of a longer name around one. */
const NAME_CHARACTER = /[\w.+~/-]/;

/**
 * Packages whose scripts name these paths in full: what one makes when it is installed, and takes away when it goes, is
 * in no list (`rm -f /usr/lib/graphviz/config6a`). Of several the first.
 */
export function namedInScripts(tree: FileTree, paths: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (paths.length === 0) return found;
  const read = textReader(tree);
  for (const file of tree.list(INFO)) {
    const owner = SCRIPT.exec(file)?.[1];
    if (owner === undefined) continue;
    const text = read(`${INFO}/${file}`);
    for (const path of paths) if (!found.has(path) && hasName(text, path)) found.set(path, owner);
  }
  return found;
}

function hasName(text: string, path: string): boolean {
  for (let at = text.indexOf(path); at >= 0; at = text.indexOf(path, at + 1)) {
    const around = `${text[at - 1] ?? ' '}${text[at + path.length] ?? ' '}`;
    if (![...around].some((character) => NAME_CHARACTER.test(character))) return true;
  }
  return false;
}
