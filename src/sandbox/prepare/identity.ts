import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { findTool } from '../../core/find-tool.ts';

/**
 * As whom a container can be set up here.
 * `root`: real root; the program gets its numeric ids as under docker.
 * `subordinate`: an ordinary user with a range in /etc/subuid: this user is the container's root, and the program's
 *   ids come from the range, so that the owner of each file is as under docker.
 * `single`: an ordinary user with nothing else: this user's one id is shown as the program's. The image's files then
 *   seem to belong to the program, so that a mode such as 0700 does not keep it out as it would under docker.
 */
export type Identity = 'root' | 'subordinate' | 'single';

/** Those worth trying, the most faithful first; whether one works only a run can tell. */
export function possibleIdentities(): readonly Identity[] {
  if (process.getuid?.() === 0) return ['root', 'single'];
  const hasRange = findTool('newuidmap') !== null && findTool('newgidmap') !== null && hasSubordinateIds();
  return hasRange ? ['subordinate', 'single'] : ['single'];
}

function hasSubordinateIds(): boolean {
  const { username, uid } = userInfo();
  return ['/etc/subuid', '/etc/subgid'].every((file) => {
    try {
      const lines = readFileSync(file, 'utf8').split('\n');
      return lines.some((line) => line.startsWith(`${username}:`) || line.startsWith(`${uid}:`));
    } catch {
      return false;
    }
  });
}

/** In words, for the receipt. */
export const IDENTITY_NOTE: Readonly<Record<Identity, string>> = {
  root: 'user and group are the real ones',
  subordinate: 'user and group mapped to subordinate ids',
  single: 'user and group mapped to one id: files of the image seem to belong to the program',
};

/**
 * The words of unshare(1) that make it so. `single-as-root`: this user's one id as root, for a namespace in which
 * another one is made for the program.
 */
export function identityFlags(
  identity: Identity | 'single-as-root',
  { uid, gid }: { readonly uid: number; readonly gid: number },
): readonly string[] {
  switch (identity) {
    case 'root':
      return [];
    case 'subordinate':
      return ['--user', '--map-root-user', '--map-users=auto', '--map-groups=auto'];
    case 'single':
      return ['--user', `--map-user=${uid}`, `--map-group=${gid}`, '--keep-caps'];
    case 'single-as-root':
      return ['--user', '--map-root-user'];
  }
}
