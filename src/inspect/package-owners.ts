import type { ByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import type { FileTree } from '../rootfs/index.ts';

/** Of all lists and databases of a tree together, each read whole; Alpine's one grows with the packages. */
const DATABASES_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * Which package each of the wanted paths belongs to, by the tree's own package database: dpkg's lists (dpkg-query(1)
 * FILES) and apk's. distroless' `status.d` has no lists, so its files stay unowned. A database may name millions of
 * paths: only the wanted ones are kept.
 */
export function packageOwners(tree: FileTree, wanted: ReadonlySet<string>): (path: string) => string | null {
  const owners = new OwnerTable(wanted);
  const read = textReader(tree);
  readDpkgLists(tree, read, owners);
  readApkDatabase(read('/lib/apk/db/installed'), owners);
  return (path) => owners.ownerOf(path);
}

class OwnerTable {
  readonly #wanted: ReadonlySet<string>;
  readonly #owners = new Map<string, string>();

  constructor(wanted: ReadonlySet<string>) {
    this.#wanted = wanted;
  }

  add(path: string, owner: string): void {
    if (this.#wanted.has(path) || this.#wanted.has(mergedAlias(path))) this.#owners.set(path, owner);
  }

  has(path: string): boolean {
    return this.#owners.has(path);
  }

  ownerOf(path: string): string | null {
    return this.#owners.get(path) ?? this.#owners.get(mergedAlias(path)) ?? null;
  }
}

/** /var/lib/dpkg/info/PACKAGE[:ARCH].list: one path a line. */
function readDpkgLists(tree: FileTree, read: (path: string) => string, owners: OwnerTable): void {
  const directory = '/var/lib/dpkg/info';
  for (const name of tree.list(directory)) {
    if (!name.endsWith('.list')) continue;
    const owner = name.slice(0, -'.list'.length).replace(/:.*$/, '');
    for (const path of lines(read(`${directory}/${name}`))) {
      if (path.startsWith('/') && !owners.has(path)) owners.add(path, owner);
    }
  }
}

/** apk-package-database(5): `P:` name, `F:` directory, `R:` file in it. */
function readApkDatabase(text: string, owners: OwnerTable): void {
  let owner = '';
  let directory = '';
  for (const line of lines(text)) {
    const value = line.slice(2);
    if (line.startsWith('P:')) owner = value;
    else if (line.startsWith('F:')) directory = value;
    else if (line.startsWith('R:')) owners.add(`/${directory === '' ? '' : `${directory}/`}${value}`, owner);
  }
}

/** On a merged-/usr system packages may own /lib/x while the file is found as /usr/lib/x, and the other way round. */
function mergedAlias(path: string): string {
  return path.startsWith('/usr/') ? path.slice('/usr'.length) : `/usr${path}`;
}

function* lines(text: string): Generator<string, void, undefined> {
  for (let start = 0; start < text.length;) {
    const feed = text.indexOf('\n', start);
    const end = feed < 0 ? text.length : feed;
    yield text.slice(start, end);
    start = end + 1;
  }
}

/** Reads texts of the tree, '' for what is absent, cannot be read or is beyond the limit. */
function textReader(tree: FileTree): (path: string) => string {
  let leftBytes = DATABASES_LIMIT_BYTES;
  const read = (source: ByteSource): string => {
    if (source.sizeBytes > leftBytes) return '';
    leftBytes -= source.sizeBytes;
    return source.read(0, source.sizeBytes).toString('utf8');
  };
  return (path) => {
    try {
      const source = tree.open(path);
      if (source === null) return '';
      try {
        return read(source);
      } finally {
        source.close();
      }
    } catch (error) {
      if (error instanceof MorselError) return '';
      throw error;
    }
  };
}
