import type { FileTree } from '../rootfs/index.ts';
import type { OwnedPath } from './dpkg-lists.ts';
import { linesOf, type TextReader } from './text-files.ts';

const LOCAL = '/var/lib/pacman/local';

/** alpm's local database: LOCAL/NAME-VERSION-RELEASE/files has the paths below `%FILES%`, directories with a slash. */
export function readPacmanPaths(tree: FileTree, read: TextReader, add: OwnedPath): void {
  for (const directory of tree.list(LOCAL)) {
    const owner = directory.replace(/-[^-]+-[^-]+$/, '');
    let section = '';
    for (const line of linesOf(read(`${LOCAL}/${directory}/files`))) {
      if (line.startsWith('%')) section = line;
      else if (section === '%FILES%' && line !== '') add(`/${line.replace(/\/$/, '')}`, owner);
    }
  }
}
