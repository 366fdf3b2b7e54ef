import type { FileTree, FileTreeEntry } from '../rootfs/file-tree.ts';

/** `config.User` as a runtime takes it: `user[:group]`, names from the image's own /etc/passwd and /etc/group. */
export interface ImageUser {
  /** As written; '' for none. */
  readonly text: string;
  /** null where a name is not found. */
  readonly uid: number | null;
  readonly gid: number | null;
  readonly byName: boolean;
}

/** passwd files are some kilobytes; more is not read. */
const PASSWD_LIMIT_BYTES = 1024 * 1024;

export function readUser(text: string, tree: FileTree): ImageUser {
  const [user = '', group = ''] = text.split(':');
  if (user === '') return { text, uid: 0, gid: 0, byName: false };
  const byName = !/^\d+$/.test(user);
  const entry = lookUp(tree, '/etc/passwd', user);
  const uid = byName ? toId(entry?.[2]) : Number(user);
  const gid =
    group === ''
      ? (toId(entry?.[3]) ?? (byName ? null : 0))
      : /^\d+$/.test(group)
        ? Number(group)
        : toId(lookUp(tree, '/etc/group', group)?.[2]);
  return { text, uid, gid, byName };
}

function lookUp(tree: FileTree, path: string, name: string): readonly string[] | null {
  const source = tree.open(path);
  if (source === null) return null;
  try {
    const text = source.read(0, PASSWD_LIMIT_BYTES).toString('utf8');
    const fields = text.split('\n').map((line) => line.split(':'));
    return fields.find((line) => line[0] === name || (/^\d+$/.test(name) && line[2] === name)) ?? null;
  } finally {
    source.close();
  }
}

const toId = (text: string | undefined): number | null =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : null;

/** Whether this user may execute (a file) or search (a directory); root may where any x bit is set. */
export function mayExecute({ uid, gid }: ImageUser, entry: FileTreeEntry): boolean {
  if (uid === null) return true; // the user itself is the problem
  if (uid === 0) return entry.kind === 'directory' || (entry.mode & 0o111) !== 0;
  if (entry.uid === uid) return (entry.mode & 0o100) !== 0;
  return (entry.mode & (entry.gid === gid ? 0o010 : 0o001)) !== 0;
}
