/**
 * What a terminal shows after all that was written to it, as far as morsel uses one: carriage returns, "erase to the end of
 * the line", and colours, which are left out. Anything else that begins with an escape throws.
 */
export function screenOf(written: string): readonly string[] {
  const lines: string[][] = [[]];
  let column = 0;
  for (const [token] of written.matchAll(/\u001B\[[\d;]*[A-Za-z]|\u001B|[^]/gu)) {
    const line = lines.at(-1) ?? [];
    if (token === '\n') {
      lines.push([]);
      column = 0;
    } else if (token === '\r') column = 0;
    else if (token === '\u001B[K') line.length = column;
    else if (token.endsWith('m') && token.startsWith('\u001B[')) continue;
    else if (token.startsWith('\u001B')) throw new Error(`a terminal is told ${JSON.stringify(token)}`);
    else line[column++] = token;
  }
  return lines.map((line) => line.join('').trimEnd());
}
