import { compareBytes } from '../core/compare-bytes.ts';
import type { FileTree } from '../rootfs/file-tree.ts';
import type { LayerFile } from '../rootfs/layer-entry.ts';
import { type FoundNeed, hostFile } from './supply.ts';

/** The largest that is taken is Perl's library, of some 3,000 files. */
const FILES_LIMIT = 20_000;
const DEPTH_LIMIT = 32;

/**
 * The files below a directory of the host, at their own paths and in the order of their names; links as what they lead to.
 * Those that `takes` refuses are not looked into.
 */
export function hostDirectory(
  host: FileTree,
  directory: string,
  need: FoundNeed,
  takes: (path: string) => boolean = () => true,
): readonly LayerFile[] {
  const found: LayerFile[] = [];
  const visit = (folder: string, depth: number): void => {
    for (const name of [...host.list(folder)].sort(compareBytes)) {
      const path = `${folder}/${name}`;
      if (found.length >= FILES_LIMIT || !takes(path)) continue;
      if (host.resolve(path)?.entry.kind === 'directory') {
        if (depth < DEPTH_LIMIT) visit(path, depth + 1);
        continue;
      }
      const file = hostFile(host, path, path, need);
      if (file !== null) found.push(file);
    }
  };
  visit(directory, 0);
  return found;
}

/** `/usr/lib/x86_64-linux-gnu/NAME` and where other distributions have it, of those that the host has. */
export function libraryFolders(host: FileTree, name: string): readonly string[] {
  const multiarch = host.list('/usr/lib').filter((folder) => /^[\w]+-linux-\w+$/.test(folder));
  return [...multiarch.map((folder) => `/usr/lib/${folder}`), '/usr/lib64', '/usr/lib']
    .map((folder) => `${folder}/${name}`)
    .filter((path) => host.resolve(path)?.entry.kind === 'directory');
}
