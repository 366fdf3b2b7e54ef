import { supplyNeeds } from '../../needs/index.ts';
import type { Observation } from '../../observe/index.ts';
import type { FileTree, LayerEntry } from '../../rootfs/index.ts';
import { userOf } from '../plan/plan-config.ts';
import type { BuildRequest } from '../request/build-request.ts';

/** Where the C library looks up users: passwd(5), group(5). */
const DATABASES = ['/etc/passwd', '/etc/group'];

/**
 * The user database of an image whose program, or what it starts, was seen to look something up there. It is the image's
 * own and never this machine's: what `findCandidates` leaves to the need `users`, whose evidence in bytes may be weak
 * (`getpwuid` beside "HOME") or in another program's.
 */
export function lookedUpUsers(
  request: BuildRequest,
  observations: readonly Observation[],
  image: FileTree,
): readonly LayerEntry[] {
  const isRead = DATABASES.some((path) => observations.some(({ found }) => found.get(path)?.isRead === true));
  if (!isRead) return [];
  const need = { need: 'users', level: 'certain', evidence: EVIDENCE, failure: '', fix: '' } as const;
  // Nothing of this machine goes into it.
  const { entries } = supplyNeeds([need], { host: image, user: userOf(request.run), dynamic: true });
  return entries.filter(({ path }) => image.resolve(path) === null);
}

const EVIDENCE = 'looked up by the program on this machine';
