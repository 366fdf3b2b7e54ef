import { isNumeric, parseId } from '../core/user-ids.ts';
import type { FileTree } from './file-tree.ts';
import { type PasswdLine, readGroups, readPasswd } from './passwd.ts';

/** What a word of `USER[:GROUP]` means in a root. */
export type IdLookup =
  | { readonly kind: 'id'; readonly id: number }
  /** A name that the file does not have. */
  | { readonly kind: 'unknown'; readonly name: string; readonly file: string }
  /** `text` is no id: of the word itself, or in the line of `file` that the word leads to. */
  | { readonly kind: 'no-id'; readonly name: string; readonly text: string; readonly file: string | null };

export interface UserLookup {
  readonly uid: IdLookup;
  readonly gid: IdLookup;
  /** Of groups that name the user as their member; none where a group was given. */
  readonly groups: readonly IdLookup[];
  /** The user is given by a name, which a runtime has to look up. */
  readonly isByName: boolean;
}

const ROOT: IdLookup = { kind: 'id', id: 0 };

/**
 * `USER[:GROUP]`, each a number or a name of the root's own /etc/passwd and /etc/group (image-spec/config.md, User).
 * Digits are a number and never a name, an empty part is as none, and a user without a group has that of its line, as in
 * moby/sys user.GetExecUser; which takes 0 for what is no number there, and so a mistyped line for root. null: it is not
 * of that form.
 */
export function lookUpUser(text: string, tree: FileTree): UserLookup | null {
  const [user = '', group = '', ...more] = text.split(':');
  if (more.length > 0) return null;
  const line = user === '' ? null : passwdLine(user, tree);
  const gid = group === '' ? ownGroup(user, line) : lookUpGroup(group, tree);
  if (user === '') {
    const groups = group === '' ? groupsOf(passwdLine('0', tree), tree) : [];
    return { uid: ROOT, gid, groups, isByName: false };
  }
  const groups = group === '' ? groupsOf(line, tree) : [];
  return { uid: lookUpId(user, line?.uid, '/etc/passwd'), gid, groups, isByName: !isNumeric(user) };
}

/** The home directory of a user's line, as runtimes set HOME; `/` where it has none. */
export function homeOf(uid: number, tree: FileTree): string {
  const home = passwdLine(String(uid), tree)?.home ?? '';
  return home === '' ? '/' : home;
}

/** The name of a user's line; null where it has none. */
export function nameOf(uid: number, tree: FileTree): string | null {
  return passwdLine(String(uid), tree)?.name ?? null;
}

function passwdLine(user: string, tree: FileTree): PasswdLine | null {
  const id = isNumeric(user) ? parseId(user) : null;
  if (isNumeric(user) && id === null) return null;
  const isWanted = ({ name, uid }: PasswdLine): boolean =>
    id === null ? name === user : parseId(uid) === id;
  return readPasswd(tree).find(isWanted) ?? null;
}

/** In the order of their lines; a user without a line has no name to be a member by. */
function groupsOf(line: PasswdLine | null, tree: FileTree): readonly IdLookup[] {
  if (line === null || line.name === '') return [];
  return readGroups(tree)
    .filter(({ members }) => members.includes(line.name))
    .map(({ name, gid }) => lookUpId(name, gid, '/etc/group'));
}

function ownGroup(user: string, line: PasswdLine | null): IdLookup {
  if (line !== null) return lookUpId(user, line.gid, '/etc/passwd');
  return user === '' || isNumeric(user) ? ROOT : { kind: 'unknown', name: user, file: '/etc/passwd' };
}

function lookUpGroup(group: string, tree: FileTree): IdLookup {
  const line = isNumeric(group) ? undefined : readGroups(tree).find(({ name }) => name === group);
  return lookUpId(group, line?.gid, '/etc/group');
}

/** @param found in the file's line; a number needs none. */
function lookUpId(name: string, found: string | undefined, file: string): IdLookup {
  if (found === undefined && !isNumeric(name)) return { kind: 'unknown', name, file };
  const text = found ?? name;
  const id = parseId(text);
  if (id !== null) return { kind: 'id', id };
  return { kind: 'no-id', name, text, file: found === undefined ? null : file };
}
