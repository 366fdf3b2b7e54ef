import { type FileTree, type FileTreeEntry, type IdLookup, lookUpUser } from '../rootfs/index.ts';

/** `config.User` as a runtime takes it. */
export interface ImageUser {
  /** As written; '' for none. */
  readonly text: string;
  /** null where there is none. */
  readonly uid: number | null;
  readonly gid: number | null;
  readonly byName: boolean;
}

export function readUser(text: string, tree: FileTree): ImageUser {
  const found = lookUpUser(text, tree);
  if (found === null) return { text, uid: null, gid: null, byName: false };
  return { text, uid: idOf(found.uid), gid: idOf(found.gid), byName: found.isByName };
}

function idOf(lookup: IdLookup): number | null {
  return lookup.kind === 'id' ? lookup.id : null;
}

/** Whether this user may execute (a file) or search (a directory); root may where any x bit is set. */
export function mayExecute({ uid, gid }: ImageUser, entry: FileTreeEntry): boolean {
  if (uid === null) return true; // the user itself is the problem
  if (uid === 0) return entry.kind === 'directory' || (entry.mode & 0o111) !== 0;
  if (entry.uid === uid) return (entry.mode & 0o100) !== 0;
  return (entry.mode & (entry.gid === gid ? 0o010 : 0o001)) !== 0;
}
