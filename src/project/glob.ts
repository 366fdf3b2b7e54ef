/** One part of a cargo glob: a character, any one, any number of any, or one of a set. */
type Token =
  { readonly kind: 'one'; readonly matches: (character: string) => boolean } | { readonly kind: 'any' };

/**
 * Whether a name is meant by a pattern of `*`, `?` and `[…]`, as cargo's `glob` crate reads them. A regular expression
 * with several `.*` would take time by the power of their number; here it is at most the product of both lengths.
 */
export function matchesGlob(pattern: string, name: string): boolean {
  const tokens = parseGlob(pattern);
  if (tokens === null) return false;
  const characters = [...name];
  let at = 0;
  let token = 0;
  let retry: { readonly token: number; at: number } | null = null;
  while (at < characters.length) {
    const current = tokens[token];
    if (current?.kind === 'one' && current.matches(characters[at] ?? '')) {
      at++;
      token++;
    } else if (current?.kind === 'any') {
      retry = { token: ++token, at };
    } else if (retry !== null) {
      // Only the last `*` needs to take more: what matched before it stays matched.
      at = ++retry.at;
      token = retry.token;
    } else return false;
  }
  return tokens.slice(token).every(({ kind }) => kind === 'any');
}

/** null for an unclosed bracket, which matches nothing, as in cargo. */
function parseGlob(pattern: string): readonly Token[] | null {
  const tokens: Token[] = [];
  const characters = [...pattern];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? '';
    if (character === '*') tokens.push({ kind: 'any' });
    else if (character === '?') tokens.push({ kind: 'one', matches: () => true });
    else if (character === '[') {
      // A bracket right after the opening one (and its `!`) is meant itself.
      const start = characters[at + 1] === '!' ? at + 2 : at + 1;
      const end = characters.indexOf(']', start + 1);
      if (end < 0) return null;
      tokens.push({ kind: 'one', matches: setOf(characters.slice(start, end), start === at + 2) });
      at = end;
    } else tokens.push({ kind: 'one', matches: (one) => one === character });
  }
  return tokens;
}

function setOf(members: readonly string[], isNegated: boolean): (character: string) => boolean {
  const ranges: (readonly [string, string])[] = [];
  for (let at = 0; at < members.length; at++) {
    const first = members[at] ?? '';
    const isRange = members[at + 1] === '-' && at + 2 < members.length;
    ranges.push([first, isRange ? (members[at + 2] ?? first) : first]);
    if (isRange) at += 2;
  }
  return (character) => ranges.some(([from, to]) => from <= character && character <= to) !== isNegated;
}
