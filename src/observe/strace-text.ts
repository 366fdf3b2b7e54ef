import { decodeName } from '../tar/index.ts';

/*
 * How strace writes what programs bring (string_quote in its util.c): in a string `"` and `\` have a backslash, and what is
 * not printable ASCII is `\n`, `\t` … or up to three octal digits; with -x two hexadecimal ones. In the path that -y puts
 * after a descriptor, `<` and `>` are octal as well. So nothing that a program chose ends a string, a path or a line.
 */

/** A string of the program. */
export interface Quoted {
  readonly text: string;
  /** `"…"...`: strace had not room for the rest. */
  readonly isCut: boolean;
}

/** A descriptor, with what -y tells of it. */
export interface Descriptor {
  readonly isWorkingDirectory: boolean;
  /** Undefined for what is not in the file system (`<pipe:[7]>`), or not any more. */
  readonly path: string | undefined;
  readonly isDeleted: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Index behind the string that opens at `start`; -1 when it does not end. */
export function skipQuoted(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) return index + 1;
    if (code === BACKSLASH) index += 1;
  }
  return -1;
}

/** Null for what is no string: `NULL`, an address that could not be read, damage. */
export function parseQuoted(text: string, start = 0): Quoted | null {
  if (text.charCodeAt(start) !== QUOTE) return null;
  const end = skipQuoted(text, start);
  if (end === -1) return null;
  const content = unescape(text.slice(start + 1, end - 1));
  return content === null ? null : { text: content, isCut: text.startsWith('...', end) };
}

const DESCRIPTOR = /^(?<number>AT_FDCWD|\d{1,10})(?:<(?<what>[^<>]*)>(?<deleted>\(deleted\))?)?$/;
/** Of a working directory it stands inside, where it may be part of the name as well. */
const DELETED_DIRECTORY = ' (deleted)';

/** Null for what is no descriptor that a path can be looked up from. */
export function parseDescriptor(text: string): Descriptor | null {
  const groups = DESCRIPTOR.exec(text)?.groups;
  if (groups === undefined) return null;
  const isWorkingDirectory = groups['number'] === 'AT_FDCWD';
  const what = groups['what'] ?? '';
  const isDeleted =
    groups['deleted'] !== undefined || (isWorkingDirectory && what.endsWith(DELETED_DIRECTORY));
  const path = isDeleted || !what.startsWith('/') ? null : unescape(what);
  return { isWorkingDirectory, path: path ?? undefined, isDeleted };
}

const ESCAPE = /\\(?:([0-7]{1,3})|x([0-9a-f]{2})|([\\"abefnrtv'?])|)/g;
const SHORT: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  e: '\u001B',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const NOT_ASCII = /[^\0-\x7F]/;

/** Null when there is an escape that strace does not write, or a NUL, which no path can hold. */
function unescape(text: string): string | null {
  let isDamaged = false;
  const bytes = !text.includes('\\')
    ? text
    : text.replace(ESCAPE, (_, octal?: string, hex?: string, short?: string) => {
        if (short !== undefined) return SHORT[short] ?? short;
        const code = octal === undefined ? Number.parseInt(hex ?? '', 16) : Number.parseInt(octal, 8);
        if (!(code <= 0xff)) isDamaged = true;
        return String.fromCharCode(code);
      });
  if (isDamaged || bytes.includes('\0')) return null;
  return NOT_ASCII.test(bytes) ? decodeName(Buffer.from(bytes, 'latin1')) : bytes;
}
