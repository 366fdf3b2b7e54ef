import { MorselError } from '../core/errors.ts';
import { USER_HINT } from '../core/user-ids.ts';
import { type FileTree, type IdLookup, lookUpUser } from '../rootfs/index.ts';

export interface ImageUser {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups: the user's own first, as moby has it since CVE-2022-36109, then those of /etc/group. */
  readonly groups: readonly number[];
}

/** Who an image's program runs as. Error: IMAGE_INVALID for a user that is none there. */
export function imageUser(text: string, tree: FileTree): ImageUser {
  const found = lookUpUser(text, tree);
  if (found === null) throw invalid(`the image's user ${JSON.stringify(text)} is not USER[:GROUP]`);
  const gid = idOf(found.gid);
  return { uid: idOf(found.uid), gid, groups: [gid, ...found.groups.map(idOf)] };
}

function idOf(lookup: IdLookup): number {
  if (lookup.kind === 'id') return lookup.id;
  const { name, file } = lookup;
  if (lookup.kind === 'unknown') {
    const what = file === '/etc/group' ? 'group' : 'user';
    throw invalid(`the image's ${what} ${JSON.stringify(name)} is not in its ${file}`);
  }
  const who = `the image's user or group ${JSON.stringify(name)}`;
  const problem = file === null ? 'is no id' : `has the id ${JSON.stringify(lookup.text)} in ${file}`;
  throw invalid(`${who} ${problem}`);
}

function invalid(message: string): MorselError {
  return new MorselError('IMAGE_INVALID', message, {
    hint: `build the image with another user: ${USER_HINT}`,
  });
}
