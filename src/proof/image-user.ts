import { MorselError } from '../core/errors.ts';
import { isNumeric, parseId, USER_HINT } from '../core/user-ids.ts';
import type { FileTree } from '../rootfs/index.ts';

/** An /etc/passwd or /etc/group with more is no such file; what is beyond is not looked at. */
const TABLE_LIMIT_BYTES = 1024 * 1024;

/** passwd(5) and group(5): where a line has its numbers. */
const PASSWD_UID = 2;
const PASSWD_GID = 3;
const GROUP_GID = 2;

/**
 * `USER[:GROUP]`, each a number or a name of the image's own /etc/passwd and /etc/group (image-spec/config.md, User).
 * Digits are a number and never a name, an empty part is as none, and a user without a group has that of its line, as in
 * moby/sys user.GetExecUser. Error: IMAGE_INVALID.
 */
export function imageUser(text: string, tree: FileTree): { readonly uid: number; readonly gid: number } {
  const [user = '', group = '', ...more] = text.split(':');
  if (more.length > 0) throw invalid(`the image's user ${JSON.stringify(text)} is not USER[:GROUP]`);
  const line = user === '' ? null : passwdLine(user, tree);
  const uid = user === '' ? 0 : idOf(line?.[PASSWD_UID] ?? user, user, '/etc/passwd');
  if (group !== '') return { uid, gid: groupId(group, tree) };
  return { uid, gid: line === null ? 0 : idOf(line[PASSWD_GID] ?? '', user, '/etc/passwd') };
}

function passwdLine(user: string, tree: FileTree): readonly string[] | null {
  const isNumber = isNumeric(user);
  const isWanted = (fields: readonly string[]): boolean =>
    isNumber ? isSameId(fields[PASSWD_UID], user) : fields[0] === user;
  const line = readTable(tree, '/etc/passwd').find(isWanted);
  if (line !== undefined || isNumber) return line ?? null;
  throw invalid(`the image's user ${JSON.stringify(user)} is not in its /etc/passwd`);
}

function isSameId(text: string | undefined, wanted: string): boolean {
  const id = text === undefined ? null : parseId(text);
  return id !== null && id === parseId(wanted);
}

function groupId(group: string, tree: FileTree): number {
  if (isNumeric(group)) return idOf(group, group, '');
  const line = readTable(tree, '/etc/group').find((fields) => fields[0] === group);
  if (line !== undefined) return idOf(line[GROUP_GID] ?? '', group, '/etc/group');
  throw invalid(`the image's group ${JSON.stringify(group)} is not in its /etc/group`);
}

/** moby takes 0 for what is no number there, and so a mistyped line for root. */
function idOf(text: string, name: string, file: string): number {
  const id = parseId(text);
  if (id !== null) return id;
  const who = `the image's user or group ${JSON.stringify(name)}`;
  throw invalid(text === name ? `${who} is no id` : `${who} has the id ${JSON.stringify(text)} in ${file}`);
}

function invalid(message: string): MorselError {
  return new MorselError('IMAGE_INVALID', message, {
    hint: `build the image with another user: ${USER_HINT}`,
  });
}

function readTable(tree: FileTree, path: string): readonly (readonly string[])[] {
  const source = tree.open(path);
  if (source === null) return [];
  try {
    const text = source.read(0, TABLE_LIMIT_BYTES).toString('utf8');
    return text.split('\n').map((line) => line.trim().split(':'));
  } finally {
    source.close();
  }
}
