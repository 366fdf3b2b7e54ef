/**
 * What no text of others may send to a terminal or hide in a document that people read: controls (C0, DEL, C1), format
 * characters (bidi overrides and isolates of "Trojan source", CVE-2021-42574; zero-width and tag characters), line and
 * paragraph separators, lone surrogates (bytes that are not UTF-8), and whatever fonts draw nothing for.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Nearly all texts; the class above takes V8 a millisecond to build. */
const PLAIN = /^[\x20-\x7E]*$/;

/** JSON's own short escapes; all others are `\uXXXX`, so that an escaped JSON document is the same document. */
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** One line that can be read, and does nothing. To escape it again changes nothing. */
export function escapeUnprintable(text: string): string {
  return PLAIN.test(text) ? text : text.replaceAll(UNPRINTABLE, escapeCharacter);
}

/** `JSON.stringify`, which leaves DEL, C1, U+2028 and format characters as they are, made printable: the same value. */
export function printableJson(value: unknown, indent?: number): string {
  const document = JSON.stringify(value, null, indent);
  // Line feeds are those of the indentation: inside of strings JSON has escaped them.
  return document.split('\n').map(escapeUnprintable).join('\n');
}

function escapeCharacter(character: string): string {
  return SHORT[character] ?? unitsOf(character).map(escapeUnit).join('');
}

const unitsOf = (character: string): readonly number[] =>
  Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));

const escapeUnit = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`;
