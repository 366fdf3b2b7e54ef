import { isUtf8 } from 'node:buffer';

/*
 * File names on Linux are bytes, strings in JavaScript are not. As Python does (PEP 383), each byte that is not part of
 * valid UTF-8 becomes the lone surrogate U+DC00 + byte, so that every name goes in and comes out unchanged.
 */
const ESCAPE_BASE = 0xdc00;
/** With the `u` flag a class of low surrogates matches only those that stand alone. */
const ESCAPED = /[\udc80-\udcff]/u;
/** Below the surrogates UTF-16 units have the order of UTF-8 bytes. */
const FROM_SURROGATES = /[\ud800-\uffff]/;

/** What a decoder puts where bytes are not UTF-8; a name may hold it itself. */
const REPLACEMENT = '\ufffd';

/** Any bytes to a string; `encodeName` gives the same bytes back. */
export function decodeName(source: Buffer, from = 0, to = source.length): string {
  const decoded = source.toString('utf8', from, to);
  if (!decoded.includes(REPLACEMENT)) return decoded;
  const bytes = source.subarray(from, to);
  if (isUtf8(bytes)) return decoded;
  let text = '';
  let start = 0;
  while (start < bytes.length) {
    const length = validSequenceLength(bytes, start);
    text +=
      length === 0
        ? String.fromCharCode(ESCAPE_BASE + (bytes[start] as number))
        : bytes.toString('utf8', start, start + length);
    start += Math.max(length, 1);
  }
  return text;
}

/** The bytes of a name from `decodeName`, or the UTF-8 of any other string. */
export function encodeName(name: string): Buffer {
  if (!ESCAPED.test(name)) return Buffer.from(name, 'utf8');
  const parts: Buffer[] = [];
  for (const character of name) {
    const code = character.charCodeAt(0);
    const isEscape = character.length === 1 && code >= ESCAPE_BASE + 0x80 && code <= ESCAPE_BASE + 0xff;
    parts.push(isEscape ? Buffer.from([code - ESCAPE_BASE]) : Buffer.from(character, 'utf8'));
  }
  return Buffer.concat(parts);
}

/** How many bytes `encodeName` gives. */
export function nameSizeBytes(name: string): number {
  return ESCAPED.test(name) ? encodeName(name).length : Buffer.byteLength(name);
}

/** Byte order, as `LC_ALL=C sort`: UTF-16 order differs beyond the basic plane. */
export function compareNames(a: string, b: string): number {
  if (!FROM_SURROGATES.test(a) && !FROM_SURROGATES.test(b)) return a < b ? -1 : a > b ? 1 : 0;
  return Buffer.compare(encodeName(a), encodeName(b));
}

/** Length of the valid UTF-8 sequence at `start`; 0 when there is none. */
function validSequenceLength(bytes: Buffer, start: number): number {
  for (let length = 1; length <= 4 && start + length <= bytes.length; length += 1) {
    if (isUtf8(bytes.subarray(start, start + length))) return length;
  }
  return 0;
}
