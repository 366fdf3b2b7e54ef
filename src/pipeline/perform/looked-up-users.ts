import { memoryByteSource } from '../../core/byte-source.ts';
import { supplyNeeds, USER_DATABASES } from '../../needs/index.ts';
import type { SourceRoot } from '../../control/index.ts';
import type { Observation } from '../../observe/index.ts';
import type { FileTree, LayerEntry, LayerFile } from '../../rootfs/index.ts';
import type { ImagePlan } from '../plan/image-plan.ts';
import { userOf } from '../plan/plan-config.ts';
import type { BuildRequest } from '../request/build-request.ts';
import { namedAccounts } from './named-accounts.ts';

/** With which the need `users` marks what it supplies. */
const OF_NEED = 'users: ';

/**
 * A plan's entries with a user database, where its program or what it starts was seen to look something up: the image's own
 * and never this machine's, which `findCandidates` leaves to the need `users`. The evidence of that in bytes may be weak
 * (`getpwuid` beside "HOME") or in another program's, and of services' own accounts there is none. null: as it is.
 */
export function withLookedUpUsers(
  request: BuildRequest,
  { entries }: ImagePlan,
  observations: readonly Observation[],
  { tree, answers }: Pick<SourceRoot, 'tree' | 'answers'>,
): readonly LayerEntry[] | null {
  const isRead = USER_DATABASES.some((path) =>
    observations.some(({ found }) => found.get(path)?.isRead === true),
  );
  const present = entries.filter(({ path }) => USER_DATABASES.includes(path));
  // What somebody has added is theirs.
  if (!isRead || present.some(({ reason }) => !reason.startsWith(OF_NEED))) return null;
  const own = ownDatabases(request, tree).map((one) => withAnswers(one, answers));
  const known = new Set(
    own.flatMap(({ text }) => text.split('\n').map((line) => line.split(':', 1)[0] ?? '')),
  );
  const { users, groups } = namedAccounts(observations, tree, known);
  const more: Readonly<Record<string, readonly string[]>> = {
    '/etc/passwd': users.map(
      ({ name, uid, gid, home }) => `${name}:x:${uid}:${gid}:${name}:${home}:/sbin/nologin\n`,
    ),
    '/etc/group': groups.map(({ name, gid }) => `${name}:x:${gid}:\n`),
  };
  const databases = own.map((one) => database(one, more[one.entry.path] ?? []));
  const isSame = databases.every(({ path, sizeBytes }) =>
    present.some((entry) => entry.path === path && entry.kind === 'file' && entry.sizeBytes >= sizeBytes),
  );
  return isSame ? null : [...entries.filter((entry) => !present.includes(entry)), ...databases];
}

interface OwnDatabase {
  readonly entry: LayerFile;
  readonly text: string;
}

function ownDatabases(request: BuildRequest, host: FileTree): readonly OwnDatabase[] {
  const need = { need: 'users', level: 'certain', evidence: EVIDENCE, failure: '', fix: '' } as const;
  // Nothing of this machine goes into it.
  const supply = supplyNeeds([need], { host, user: userOf(request.run), dynamic: true });
  return supply.entries.flatMap((entry) => (entry.kind === 'file' ? [{ entry, text: textOf(entry) }] : []));
}

/** With the accounts that every such system has, which programs ask for by name; the image's own lines stay. */
function withAnswers({ entry, text }: OwnDatabase, answers: SourceRoot['answers']): OwnDatabase {
  const nameOf = (line: string): string => line.split(':', 1)[0] ?? '';
  const known = new Set(text.split('\n').map(nameOf));
  const lines = (answers.get(entry.path) ?? '').split('\n').filter((line) => !known.has(nameOf(line)));
  return { entry, text: `${text}${lines.map((line) => `${line}\n`).join('')}` };
}

const EVIDENCE = 'looked up by the program on this machine';

function textOf(entry: LayerFile): string {
  const source = entry.open();
  try {
    return source.read(0, source.sizeBytes).toString('utf8');
  } finally {
    source.close();
  }
}

function database({ entry, text }: OwnDatabase, lines: readonly string[]): LayerFile {
  const bytes = Buffer.from(`${text}${lines.join('')}`);
  const names = lines.map((line) => line.split(':', 1)[0]).join(', ');
  return {
    ...entry,
    sizeBytes: bytes.length,
    reason: lines.length === 0 ? entry.reason : `${entry.reason}; its files name ${names}`,
    open: () => memoryByteSource(bytes, entry.path),
  };
}
