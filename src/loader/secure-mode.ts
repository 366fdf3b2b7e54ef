/** What of a program's file decides how the kernel starts it. */
export interface StartedFile {
  /** Permission bits with setuid and setgid. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** The value of its attribute security.capability. */
  readonly capability?: Uint8Array | null | undefined;
}

/** VFS_CAP_FLAGS_EFFECTIVE in the first byte of struct vfs_cap_data; the permitted sets are words 1 and 3. */
const CAP_EFFECTIVE = 0x01;
const PERMITTED_WORDS = [1, 3];

/**
 * Whether the kernel sets AT_SECURE when `user` starts the file where new privileges may be had (docker's default):
 * setuid or setgid to another one, or file capabilities that a user other than root gains (security/commoncap.c,
 * cap_bprm_creds_from_file). A capability that the container's bounding set lacks is counted as gained.
 */
export function startsSecure(
  file: StartedFile,
  user: { readonly uid: number; readonly gid: number },
): boolean {
  const changesUser = (file.mode & 0o4000) !== 0 && file.uid !== user.uid;
  // A setgid bit without group execution means locking (inode_init_owner, bprm_fill_uid).
  const changesGroup = (file.mode & 0o2010) === 0o2010 && file.gid !== user.gid;
  return changesUser || changesGroup || (user.uid !== 0 && givesCapabilities(file.capability));
}

function givesCapabilities(value: Uint8Array | null | undefined): boolean {
  if (value == null || value.length < 12) return false;
  const words = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const isEffective = (words.getUint8(0) & CAP_EFFECTIVE) !== 0;
  const permitted = PERMITTED_WORDS.filter((word) => word * 4 + 4 <= value.length);
  return isEffective || permitted.some((word) => words.getUint32(word * 4, true) !== 0);
}
