import { NAME_LIMIT_BYTES, PATH_LIMIT_BYTES } from '../core/path-limits.ts';
import { MAX_ID } from '../core/user-ids.ts';
import { nameSizeBytes, type TarHeader } from '../tar/index.ts';

/** Why no Linux could hold such a member, in words; null when one can. Found here, it is not blamed on the machine. */
export function memberProblem(header: TarHeader): string | null {
  const { kind, uid, gid, linkTarget } = header;
  if (!isOwner(uid) || !isOwner(gid)) return `has the owner ${uid}:${gid}; ids go from 0 to ${MAX_ID}`;
  if (kind !== 'symlink') return null;
  if (linkTarget === '') return 'is a symbolic link without a target';
  if (nameSizeBytes(linkTarget) > PATH_LIMIT_BYTES) {
    return `is a symbolic link to more than ${PATH_LIMIT_BYTES} bytes (PATH_MAX)`;
  }
  return null;
}

/** The same for a name in a directory whose path has `directoryBytes` bytes. */
export function nameProblem(nameBytes: number, directoryBytes: number): string | null {
  if (nameBytes > NAME_LIMIT_BYTES) {
    return `has a name of ${nameBytes} bytes; Linux allows ${NAME_LIMIT_BYTES} (NAME_MAX)`;
  }
  if (directoryBytes + 1 + nameBytes > PATH_LIMIT_BYTES) {
    return `is deeper than ${PATH_LIMIT_BYTES} bytes of path (PATH_MAX), with the links on its way followed`;
  }
  return null;
}

function isOwner(id: number): boolean {
  return id >= 0 && id <= MAX_ID;
}
