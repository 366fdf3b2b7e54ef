import type { FileTree } from '../rootfs/index.ts';
import { apkFamily, readApkPaths, readApkText } from './apk-database.ts';
import { dpkgFamily } from './dpkg-status.ts';
import { readDpkgLists } from './dpkg-lists.ts';
import { packageOwners } from './package-owners.ts';
import { type TextReader, textReader } from './text-files.ts';

/** A package with all that it depends on, of what is installed. */
export interface PackageFamily {
  readonly packages: ReadonlySet<string>;
  /** Each path that they brought, as their databases name it. */
  readonly paths: readonly string[];
}

/**
 * The package of `path` and those that it depends on, by dpkg's or apk's database; null where it is in none. Of pacman
 * and rpm no dependencies are known.
 */
export function packageFamily(tree: FileTree, path: string): PackageFamily | null {
  const owner = packageOwners(tree, new Set([path]))(path);
  if (owner === null) return null;
  const read = textReader(tree);
  return dpkgPackages(tree, read, owner) ?? apkPackages(read, owner);
}

function dpkgPackages(tree: FileTree, read: TextReader, owner: string): PackageFamily | null {
  const packages = dpkgFamily(read('/var/lib/dpkg/status'), owner);
  if (packages.size === 0) return null;
  const paths: string[] = [];
  readDpkgLists(tree, read, (path) => paths.push(path), { only: packages });
  return { packages, paths };
}

function apkPackages(read: TextReader, owner: string): PackageFamily {
  const text = readApkText(read);
  const packages = apkFamily(text, owner);
  const paths: string[] = [];
  readApkPaths(text, (path, by) => {
    if (packages.has(by)) paths.push(path);
  });
  return { packages, paths };
}
