import { RE2JS } from 're2js';

export type Re2Syntax =
  | { readonly kind: 're2'; readonly source: string }
  | { readonly kind: 'unsupported'; readonly what: 'look-around' | 'a back-reference' };

/** An escape, the begin of a look-around, or one character. */
const TOKEN = /\\[^]|\(\?<?[=!]|[^]/gu;

/** ECMA-262 22.2.2.9: what `\s` is in JavaScript; RE2's own has neither `\v` nor spaces beyond ASCII. */
const SPACES = '\\s\\x0B\\p{Z}\\x{FEFF}';

/**
 * A pattern as JavaScript has it, for RE2: escapes such as `\u0041` and `\cA`, `[^]`, `\s` and `[\b]` mean the same.
 * What RE2 has beyond JavaScript, such as `(?i)`, stays as it is.
 */
export function toRe2Syntax(pattern: string): Re2Syntax {
  let isInClass = false;
  let source = '';
  for (const [token] of pattern.matchAll(TOKEN)) {
    if (!isInClass && token.startsWith('(?')) return { kind: 'unsupported', what: 'look-around' };
    if (!isInClass && /^\\[1-9k]$/.test(token)) return { kind: 'unsupported', what: 'a back-reference' };
    if (token === '[') isInClass = true;
    if (token === ']') isInClass = false;
    source += (isInClass ? IN_CLASS : OUTSIDE)[token] ?? token;
  }
  return { kind: 're2', source: RE2JS.translateRegExp(source) };
}

const IN_CLASS: Readonly<Record<string, string>> = { '\\s': SPACES, '\\b': '\\x08' };
const OUTSIDE: Readonly<Record<string, string>> = { '\\s': `[${SPACES}]`, '\\S': `[^${SPACES}]` };
