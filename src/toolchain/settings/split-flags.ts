/** Read of one variable: no command line is longer (Linux' MAX_ARG_STRLEN). */
const LIMIT_CHARACTERS = 128 * 1024;

/**
 * The words of a variable such as CFLAGS, as make's shell sees them: quotes and backslashes count, and nothing else does,
 * so that `$HOME` and `*` stay what they are.
 */
export function splitFlags(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  const end = Math.min(text.length, LIMIT_CHARACTERS);
  for (let at = 0; at < end; at++) {
    const character = text[at] ?? '';
    const next = text[at + 1];
    if (quote === null && /\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (character === quote) quote = null;
    else if (quote === null && (character === '"' || character === "'")) {
      quote = character;
      word ??= '';
    } else if (character === '\\' && next !== undefined && escapes(quote, next)) {
      word = `${word ?? ''}${next}`;
      at++;
    } else word = `${word ?? ''}${character}`;
  }
  return word === null ? words : [...words, word];
}

/** POSIX shell, 2.2: nothing within single quotes, few characters within double ones. */
function escapes(quote: '"' | "'" | null, next: string): boolean {
  if (quote === "'") return false;
  return quote === null || '"\\$`'.includes(next);
}
