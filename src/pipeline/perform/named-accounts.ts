import { isElf } from '../../elf/index.ts';
import { USER_DATABASES } from '../../needs/index.ts';
import type { Observation, PathUse } from '../../observe/index.ts';
import {
  type FileTree,
  type GroupLine,
  type PasswdLine,
  readGroups,
  readPasswd,
} from '../../rootfs/index.ts';

/** Of configuration, which people write; and of a program, whose names are among its constants. */
const CONFIGURATION_LIMIT_BYTES = 256 * 1024;
const PROGRAM_LIMIT_BYTES = 32 * 1024 * 1024;

/** Lines of passwd(5) and group(5). */
export interface NamedAccounts {
  readonly users: readonly PasswdLine[];
  readonly groups: readonly GroupLine[];
}

/**
 * The accounts of a source root that the configuration or the programs of a run name: a trace tells that users were looked
 * up, and not which. A service's own is made when its package is installed (`user haproxy`), and its name is no secret.
 */
export function namedAccounts(
  observations: readonly Observation[],
  source: FileTree,
  known: ReadonlySet<string>,
): NamedAccounts {
  const isUnknown = ({ name }: { readonly name: string }): boolean => name !== '' && !known.has(name);
  const users = readPasswd(source).filter(isUnknown);
  const groups = readGroups(source).filter(isUnknown);
  const named = namesIn(
    observations,
    source,
    [...users, ...groups].map(({ name }) => name),
  );
  // A user's own group is a name as well.
  const gids = new Set(users.filter(({ name }) => named.has(name)).map(({ gid }) => gid));
  return {
    users: users.filter(({ name }) => named.has(name)),
    groups: groups.filter(({ name, gid }) => named.has(name) || gids.has(gid)),
  };
}

function namesIn(
  observations: readonly Observation[],
  source: FileTree,
  names: readonly string[],
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [path, use] of observations.flatMap((one) => [...one.found])) {
    const text = textOf(source, path, use);
    if (text === null) continue;
    for (const name of names) if (!found.has(name) && text.has(name)) found.add(name);
  }
  return found;
}

interface Text {
  has(name: string): boolean;
}

/** null for what names no account: data, and what was only looked at. */
function textOf(source: FileTree, path: string, use: PathUse): Text | null {
  if (!use.isRead && !use.isExecuted) return null;
  const bytes = source.open(path);
  if (bytes === null) return null;
  try {
    if (use.isExecuted && isElf(bytes))
      return constantsOf(bytes.read(0, Math.min(bytes.sizeBytes, PROGRAM_LIMIT_BYTES)));
    if (
      !path.startsWith('/etc/') ||
      USER_DATABASES.includes(path) ||
      bytes.sizeBytes > CONFIGURATION_LIMIT_BYTES
    )
      return null;
    return wordsOf(bytes.read(0, bytes.sizeBytes).toString('latin1'));
  } finally {
    bytes.close();
  }
}

const constantsOf = (bytes: Buffer): Text => ({ has: (name) => bytes.includes(`\0${name}\0`, 0, 'latin1') });

/** Without what is commented out. */
function wordsOf(text: string): Text {
  const words = new Set(text.replace(/^\s*(?:#|;|\/\/).*$/gm, '').split(/[^\w.-]+/));
  return { has: (name) => words.has(name) };
}
