import type { FileTree } from '../rootfs/index.ts';

/** Which package a path belongs to, by the tree's own package database. */
export interface PackageOwners {
  ownerOf(path: string): string | null;
}

/** A list or database file is read whole; Alpine's grows with the packages. */
const DATABASE_LIMIT_BYTES = 64 * 1024 * 1024;

/** dpkg's lists (dpkg-query(1) FILES) and apk's database; distroless' `status.d` has no lists, so its files stay unowned. */
export function readPackageOwners(tree: FileTree): PackageOwners {
  const owners = new Map<string, string>();
  readDpkgLists(tree, owners);
  readApkDatabase(tree, owners);
  return { ownerOf: (path) => owners.get(path) ?? owners.get(mergedAlias(path)) ?? null };
}

/** /var/lib/dpkg/info/PACKAGE[:ARCH].list: one path a line. */
function readDpkgLists(tree: FileTree, owners: Map<string, string>): void {
  const directory = '/var/lib/dpkg/info';
  for (const name of tree.list(directory)) {
    if (!name.endsWith('.list')) continue;
    const owner = name.slice(0, -'.list'.length).replace(/:.*$/, '');
    for (const path of readText(tree, `${directory}/${name}`).split('\n')) {
      if (path.startsWith('/') && !owners.has(path)) owners.set(path, owner);
    }
  }
}

/** apk-package-database(5): `P:` name, `F:` directory, `R:` file in it. */
function readApkDatabase(tree: FileTree, owners: Map<string, string>): void {
  let owner = '';
  let directory = '';
  for (const line of readText(tree, '/lib/apk/db/installed').split('\n')) {
    const value = line.slice(2);
    if (line.startsWith('P:')) owner = value;
    else if (line.startsWith('F:')) directory = value;
    else if (line.startsWith('R:')) owners.set(`/${directory === '' ? '' : `${directory}/`}${value}`, owner);
  }
}

/** On a merged-/usr system packages may own /lib/x while the file is found as /usr/lib/x. */
function mergedAlias(path: string): string {
  return path.startsWith('/usr/') ? path.slice('/usr'.length) : `/usr${path}`;
}

function readText(tree: FileTree, path: string): string {
  const source = tree.open(path);
  if (source === null) return '';
  try {
    return source.sizeBytes > DATABASE_LIMIT_BYTES ? '' : source.read(0, source.sizeBytes).toString('utf8');
  } finally {
    source.close();
  }
}
