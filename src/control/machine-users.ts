import { parseId } from '../core/user-ids.ts';

/** The user that an image runs as, as its own passwd names it. */
export interface SourceUser {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
  readonly home: string;
}

/**
 * Which accounts: of the `system`, which packages have made, as a control run sees them; or the `static` ones, which are
 * the same on every machine of a distribution (Debian Policy 9.2.2) and may go into an image.
 */
export type Accounts = keyof typeof ENDS;

/** UID_MIN of login.defs(5) is where people begin, whose names are nobody's business. */
const ENDS = { system: 1000, static: 100 } as const;
const NOBODY = 65534;

/** Accounts of each image that has any: no home that is seen, and no shell. */
const OF_IMAGES = /^(root|nobody):[^:]*:(\d+):(\d+):.*$/;

/** passwd(5) of the machine's accounts, with those of images as images have them: programs print a name, or a home. */
export function passwdText(machine: string, { uid, gid, name, home }: SourceUser, which: Accounts): string {
  const others = accounts(machine, which)
    .filter((line) => isOther(line, uid, name))
    .map((line) => line.replace(OF_IMAGES, '$1:x:$2:$3:$1:/:/sbin/nologin'));
  return lines([...others, `${name}:x:${uid}:${gid}:${name}:${home}:/sbin/nologin`]);
}

/** group(5), likewise; whom a group has is left out. */
export function groupText(machine: string, { gid, name }: SourceUser, which: Accounts): string {
  const others = accounts(machine, which).filter((line) => isOther(line, gid, name));
  return lines([...others.map((line) => line.replace(/:[^:]*$/, ':')), `${name}:x:${gid}:`]);
}

/** The id is the third field of both tables. */
function accounts(text: string, which: Accounts): readonly string[] {
  return text.split('\n').filter((line) => {
    const id = parseId(line.split(':')[2] ?? '');
    return id !== null && (id < ENDS[which] || id === NOBODY);
  });
}

function isOther(line: string, id: number, name: string): boolean {
  const fields = line.split(':');
  return fields[0] !== name && fields[2] !== String(id);
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
