import type { FileTree } from '../rootfs/index.ts';
import { readApkPaths, readApkText } from './apk-database.ts';
import { readDpkgLists } from './dpkg-lists.ts';
import { mergedName } from './merged-name.ts';
import { readPacmanPaths } from './pacman-files.ts';
import { textReader } from './text-files.ts';

/**
 * Which package each of the wanted paths belongs to, by the tree's own package database where that is text: dpkg's
 * lists, apk's and pacman's. distroless' `status.d` has no lists, so its files stay unowned. A database may name millions
 * of paths: only the wanted ones are kept. Of a directory that several packages have, the first.
 */
export function packageOwners(tree: FileTree, wanted: ReadonlySet<string>): (path: string) => string | null {
  const owners = new OwnerTable(wanted);
  const read = textReader(tree);
  const add = owners.add.bind(owners);
  readDpkgLists(tree, read, add, { isWanted: owners.isWantedText.bind(owners) });
  readApkPaths(readApkText(read), add);
  readPacmanPaths(tree, read, add);
  return (path) => owners.ownerOf(path);
}

/** For fewer names it is quicker to look for each in a whole list than to look at each line of it. */
const FEW_NAMES = 16;

/** The owners of wanted paths, by either of their names. */
export class OwnerTable {
  /** Each name that a database may have for a wanted path → that path. */
  readonly #names = new Map<string, string>();
  readonly #owners = new Map<string, string>();

  constructor(wanted: ReadonlySet<string>) {
    for (const path of wanted) {
      const other = mergedName(path);
      if (other !== null && !wanted.has(other)) this.#names.set(other, path);
      this.#names.set(path, path);
    }
  }

  /** Whether a list, a path a line, may hold a wanted path. */
  isWantedText(text: string): boolean {
    if (this.#names.size > FEW_NAMES) return true;
    return [...this.#names.keys()].some((name) => text.includes(name));
  }

  add(name: string, owner: string): void {
    const path = this.#names.get(name);
    if (path !== undefined && !this.#owners.has(path)) this.#owners.set(path, owner);
  }

  ownerOf(path: string): string | null {
    const other = mergedName(path);
    return this.#owners.get(path) ?? (other === null ? null : (this.#owners.get(other) ?? null));
  }
}
