import type { LayerDirectory } from '../rootfs/layer-entry.ts';
import {
  entries,
  type FoundNeed,
  reasonOf,
  type SuppliedPart,
  type SupplyContext,
  textFile,
} from './supply.ts';

export const PASSWD = '/etc/passwd';
export const GROUP = '/etc/group';
/** Where the C library looks users up: passwd(5), group(5). */
export const USER_DATABASES: readonly string[] = [PASSWD, GROUP];

interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** The users of distroless. */
const USERS: readonly User[] = [
  { name: 'root', uid: 0, gid: 0 },
  { name: 'nobody', uid: 65534, gid: 65534 },
  { name: 'nonroot', uid: 65532, gid: 65532 },
];

/**
 * The user that the image runs as has a home of its own, which runtimes put into HOME, as distroless has it: with `/`, a
 * program that adds `/.ssh` to it opens `//.ssh`, and nobody but root can write there. The homes of the others are `/`: a
 * directory that exists, and that is nobody's business.
 */
export function userDatabase(need: FoundNeed, { user }: Pick<SupplyContext, 'user'>): SuppliedPart {
  const known = USERS.some(({ uid }) => uid === user.uid);
  const users = known ? USERS : [...USERS, { name: 'app', ...user }];
  const own = users.find(({ uid }) => uid === user.uid) ?? { name: 'app', ...user };
  const home = own.uid === 0 ? '/root' : `/home/${own.name}`;
  const passwd = users.map(
    ({ name, uid, gid }) => `${name}:x:${uid}:${gid}:${name}:${uid === own.uid ? home : '/'}:/sbin/nologin\n`,
  );
  const groups = users.filter(({ gid }, index) => users.findIndex((other) => other.gid === gid) === index);
  const group = groups.map(({ name, gid }) => `${name}:x:${gid}:\n`);
  return entries(
    textFile(PASSWD, passwd.join(''), need),
    textFile(GROUP, group.join(''), need),
    homeDirectory(home, user, need),
  );
}

function homeDirectory(path: string, user: SupplyContext['user'], need: FoundNeed): LayerDirectory {
  return { kind: 'directory', path, mode: 0o700, uid: user.uid, gid: user.gid, reason: reasonOf(need) };
}
