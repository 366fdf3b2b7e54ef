import type { FileTree } from '../rootfs/index.ts';
import type { FileDigest, OwnedPath } from './owned-path.ts';
import { linesOf, type TextReader } from './text-files.ts';

const LOCAL = '/var/lib/pacman/local';

/** alpm's local database: LOCAL/NAME-VERSION-RELEASE/files has the paths below `%FILES%`, directories with a slash. */
export function readPacmanPaths(tree: FileTree, read: TextReader, add: OwnedPath): void {
  for (const directory of tree.list(LOCAL)) {
    const owner = directory.replace(/-[^-]+-[^-]+$/, '');
    const paths: string[] = [];
    const digests = new Map<string, FileDigest>();
    let section = '';
    for (const line of linesOf(read(`${LOCAL}/${directory}/files`))) {
      if (line.startsWith('%')) section = line;
      else if (section === '%FILES%' && line !== '') paths.push(`/${line.replace(/\/$/, '')}`);
      else if (section === '%BACKUP%') readBackup(line, digests);
    }
    for (const path of paths) add(path, owner, digests.get(path));
  }
}

/** `etc/x.conf<TAB>MD5`: what an administrator may change. */
function readBackup(line: string, digests: Map<string, FileDigest>): void {
  const [, path, hex] = /^(.+)\t([0-9a-f]{32})$/.exec(line) ?? [];
  if (path !== undefined && hex !== undefined) digests.set(`/${path}`, { algorithm: 'md5', hex });
}
