/** Nearly all lines; the classes below take V8 a millisecond to build. */
const PLAIN = /^[\x20-\x7E]*$/;
/** Colours of morsel's own: text of others has no escape characters. */
const SGR = /\u001B\[[\d;]*m/g;

/**
 * Two columns: East Asian Wide and Fullwidth (UAX #11), by what Unicode's properties say of them, and the blocks of symbols
 * that have no such property. `display-width.test.ts` compares it with Python's table, for each character.
 */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Yi}\p{Script=Tangut}\p{Script=Nushu}\p{Script=Khitan_Small_Script}\p{Emoji_Presentation}\u1100-\u115F\u2329\u232A\u2E80-\u303E\u3041-\u33FF\uA960-\uA97C\uAC00-\uD7A3\uF900-\uFAFF\uFE10-\uFE19\uFE30-\uFE6B\uFF01-\uFF60\uFFE0-\uFFE6\u{1F200}-\u{1F2FF}\u{20000}-\u{3FFFD}]/u;
/** Drawn on what stands before; the vowels and finals of Hangul are, too. */
const COMBINING = /[\p{Mn}\p{Me}\u1160-\u11FF\uD7B0-\uD7C6\uD7CB-\uD7FB]/u;
const HALF_WIDTH = /[\uFF61-\uFFDC]/;

/** Columns of a terminal that a line takes, without its colours. */
export function displayWidth(line: string): number {
  if (PLAIN.test(line)) return line.length;
  const bare = line.replaceAll(SGR, '');
  if (PLAIN.test(bare)) return bare.length;
  let width = 0;
  for (const character of bare) width += characterWidth(character);
  return width;
}

export function characterWidth(character: string): 0 | 1 | 2 {
  if (character <= '~') return 1;
  if (COMBINING.test(character)) return 0;
  return WIDE.test(character) && !HALF_WIDTH.test(character) ? 2 : 1;
}
