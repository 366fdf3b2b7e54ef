import { parseId } from '../core/user-ids.ts';

/** The user that an image runs as, as its own passwd names it. */
export interface SourceUser {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
  readonly home: string;
}

/** UID_MIN of login.defs(5): people begin here, and their names are nobody's business. */
const FIRST_PERSON = 1000;
const NOBODY = 65534;

/** passwd(5) of the machine's system accounts, with the image's user as the image has it: programs print its name. */
export function passwdText(machine: string, { uid, gid, name, home }: SourceUser): string {
  const others = accounts(machine, 2).filter((line) => isOther(line, 2, uid, name));
  return lines([...others, `${name}:x:${uid}:${gid}:${name}:${home}:/sbin/nologin`]);
}

/** group(5), likewise; whom a group has is left out. */
export function groupText(machine: string, { gid, name }: SourceUser): string {
  const others = accounts(machine, 2).filter((line) => isOther(line, 2, gid, name));
  return lines([...others.map((line) => line.replace(/:[^:]*$/, ':')), `${name}:x:${gid}:`]);
}

function accounts(text: string, idField: number): readonly string[] {
  return text.split('\n').filter((line) => {
    const id = parseId(line.split(':')[idField] ?? '');
    return id !== null && (id < FIRST_PERSON || id === NOBODY);
  });
}

function isOther(line: string, idField: number, id: number, name: string): boolean {
  const fields = line.split(':');
  return fields[0] !== name && fields[idField] !== String(id);
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
