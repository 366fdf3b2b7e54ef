/** What a registry wants to see before it answers (RFC 9110 section 11.6.1; distribution's token specification). */
export interface Challenge {
  /** In lower case: `bearer`, `basic`. */
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** An answer has a handful; hostile ones have more. */
const CHALLENGES_LIMIT = 16;
const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const VALUE = /\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/y;

/** The challenges of a `WWW-Authenticate` header, as far as they are in its grammar. */
export function parseChallenges(header: string): readonly Challenge[] {
  const found: { scheme: string; parameters: Map<string, string> }[] = [];
  let at = 0;
  while (at < header.length && found.length <= CHALLENGES_LIMIT) {
    const skipped = /[\s,]*/y;
    skipped.lastIndex = at;
    at += skipped.exec(header)?.[0].length ?? 0;
    const name = take(TOKEN, header, at);
    if (name === null) break;
    at += name[0].length;
    const value = take(VALUE, header, at);
    if (value === null) {
      found.push({ scheme: name[0].toLowerCase(), parameters: new Map() });
      continue;
    }
    at += value[0].length;
    const text = value[1]?.replace(/\\(.)/g, '$1') ?? value[2] ?? '';
    found.at(-1)?.parameters.set(name[0].toLowerCase(), text);
  }
  return found;
}

function take(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
