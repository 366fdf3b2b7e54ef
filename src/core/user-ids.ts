/** 2^32-1 is (uid_t)-1: to setresuid(2) and chown(2) it means "leave it as it is", so that root would stay root. */
export const MAX_ID = 2 ** 32 - 2;
/** chmod(2) takes permission bits, setuid, setgid and sticky. */
const MAX_MODE = 0o7777;

/** A uid or gid in decimal digits, and nothing else: no sign, space, point or exponent. null: it is none. */
export function parseId(text: string): number | null {
  const id = isNumeric(text) ? Number(text) : Infinity;
  return id <= MAX_ID ? id : null;
}

/** What engines take for a number and never for a name, whatever its size (moby/sys user.GetExecUser). */
export function isNumeric(text: string): boolean {
  return /^[0-9]+$/.test(text);
}

/** `UID[:GID]` in numbers; `gid` is null where it is not given. null: it is not that. */
export function parseNumericUser(text: string): { readonly uid: number; readonly gid: number | null } | null {
  const [uidText = '', gidText, ...more] = text.split(':');
  const uid = parseId(uidText);
  const gid = gidText === undefined ? null : parseId(gidText);
  if (uid === null || (gid === null && gidText !== undefined) || more.length > 0) return null;
  return { uid, gid };
}

/** What an error about a user hints at. */
export const USER_HINT = `use numbers from 0 to ${MAX_ID}, such as 65532:65532`;

/** `644` or `04755`: three to five octal digits. null: it is no mode. */
export function parseMode(text: string): number | null {
  const mode = /^[0-7]{3,5}$/.test(text) ? Number.parseInt(text, 8) : Infinity;
  return mode <= MAX_MODE ? mode : null;
}
