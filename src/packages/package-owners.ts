import type { FileTree } from '../rootfs/index.ts';
import { readApkPaths, readApkText } from './apk-database.ts';
import { readDpkgLists } from './dpkg-lists.ts';
import { readConffiles } from './dpkg-status.ts';
import type { PackageRecord } from './owned-path.ts';
import { OwnerTable } from './owner-table.ts';
import { readPacmanPaths } from './pacman-files.ts';
import { textReader } from './text-files.ts';
import { readUcf } from './ucf.ts';

/**
 * Which package each of the wanted paths belongs to, by the tree's own package database where that is text: dpkg's
 * lists, apk's and pacman's. distroless' `status.d` has no lists, so its files stay unowned. A database may name millions
 * of paths: only the wanted ones are kept. Of a directory that several packages have, the first.
 */
export function packageOwners(tree: FileTree, wanted: ReadonlySet<string>): (path: string) => string | null {
  const owners = readOwners(tree, new OwnerTable(wanted));
  return (path) => owners.get(path)?.package ?? null;
}

/** The same with what is known of configuration files, and with those that ucf(1) keeps. */
export function packageRecords(
  tree: FileTree,
  wanted: Iterable<string>,
): (path: string) => PackageRecord | null {
  const names = [...wanted];
  const owners = readOwners(tree, new OwnerTable(names));
  if (names.some(isConfiguration)) {
    const read = textReader(tree);
    readConffiles(read, owners);
    readUcf(read, owners);
  }
  return (path) => owners.get(path);
}

const isConfiguration = (path: string): boolean => path.startsWith('/etc/');

function readOwners(tree: FileTree, owners: OwnerTable): OwnerTable {
  const read = textReader(tree);
  const add = owners.add.bind(owners);
  readDpkgLists(tree, read, add, { isWanted: owners.isWantedText.bind(owners) });
  readApkPaths(readApkText(read), add);
  readPacmanPaths(tree, read, add);
  return owners;
}
