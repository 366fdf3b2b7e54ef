import type { FileTree } from '../rootfs/index.ts';
import type { OwnedPath } from './owned-path.ts';
import { linesOf, type TextReader } from './text-files.ts';

const INFO = '/var/lib/dpkg/info';
const DIVERSIONS = '/var/lib/dpkg/diversions';

export interface ReadListsOptions {
  /** Lists of these packages alone. */
  readonly only?: ReadonlySet<string>;
  /** Whether anything in a list's text is wanted. */
  readonly isWanted?: (text: string) => boolean;
}

/**
 * Each path of each list, packages in the order of their names (dpkg-query(1) FILES); of a diverted file the place that
 * it went to.
 */
export function readDpkgLists(
  tree: FileTree,
  read: TextReader,
  add: OwnedPath,
  { only, isWanted = () => true }: ReadListsOptions = {},
): void {
  const diversions = readDiversions(read(DIVERSIONS));
  for (const name of tree.list(INFO)) {
    if (!name.endsWith('.list')) continue;
    const owner = packageOf(name);
    if (only?.has(owner) === false) continue;
    const text = read(`${INFO}/${name}`);
    if (!isWanted(text)) continue;
    for (const path of linesOf(text)) {
      if (!path.startsWith('/')) continue;
      const diversion = diversions.get(path);
      add(diversion === undefined || diversion.by === owner ? path : diversion.to, owner);
    }
  }
}

/** Of PACKAGE[:ARCH].list. */
function packageOf(listName: string): string {
  return listName.slice(0, -'.list'.length).replace(/:.*$/, '');
}

interface Diversion {
  readonly to: string;
  /** The package whose own file stays; `:` for an administrator, whose is no package. */
  readonly by: string;
}

/** dpkg-divert(1): three lines each, the path, where the others' file goes, and for whom. */
function readDiversions(text: string): ReadonlyMap<string, Diversion> {
  const diversions = new Map<string, Diversion>();
  const three: string[] = [];
  for (const line of linesOf(text)) {
    if (three.push(line) < 3) continue;
    const [from = '', to = '', by = ''] = three.splice(0);
    diversions.set(from, { to, by });
  }
  return diversions;
}
