import type { FileTree } from './file-tree.ts';

/** A table with more is none; what is beyond is not looked at. */
const TABLE_LIMIT_BYTES = 1024 * 1024;

/** A line of passwd(5), as it stands: whether its numbers are any is for the reader to ask. */
export interface PasswdLine {
  readonly name: string;
  readonly uid: string;
  readonly gid: string;
  readonly home: string;
}

/** A line of group(5). */
export interface GroupLine {
  readonly name: string;
  readonly gid: string;
  readonly members: readonly string[];
}

export function readPasswd(tree: FileTree): readonly PasswdLine[] {
  return readTable(tree, '/etc/passwd').map(([name = '', , uid = '', gid = '', , home = '']) => {
    return { name, uid, gid, home };
  });
}

export function readGroups(tree: FileTree): readonly GroupLine[] {
  return readTable(tree, '/etc/group').map(([name = '', , gid = '', members = '']) => {
    return { name, gid, members: members.split(',') };
  });
}

/** Blanks around a line are no part of it, as in moby/sys user.ParsePasswdFilter. */
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
