/** One paragraph of a control file: its fields by lower-case name, the lines of a value joined by newlines. */
export type Stanza = ReadonlyMap<string, string>;

/**
 * The paragraphs of Debian's control syntax (deb822(5)): apt's `.sources`, Release, Sources. Lines that are none of it are
 * passed over. Pure.
 */
export function* parseStanzas(text: string): Generator<Stanza> {
  let fields = new Map<string, string>();
  let current: string | null = null;
  for (const line of linesOf(text)) {
    if (line.trim() === '') {
      if (fields.size > 0) yield fields;
      fields = new Map();
      current = null;
      continue;
    }
    if (line.startsWith('#')) continue;
    if (line.startsWith(' ') || line.startsWith('\t')) {
      if (current !== null) fields.set(current, `${fields.get(current) ?? ''}\n${line.trim()}`);
      continue;
    }
    const colon = line.indexOf(':');
    if (colon <= 0) {
      current = null;
      continue;
    }
    current = line.slice(0, colon).trim().toLowerCase();
    fields.set(current, line.slice(colon + 1).trim());
  }
  if (fields.size > 0) yield fields;
}

function* linesOf(text: string): Generator<string> {
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf('\n', start);
    const stop = end < 0 ? text.length : end;
    yield text.slice(start, text.charCodeAt(stop - 1) === 13 && stop > start ? stop - 1 : stop);
    start = stop + 1;
  }
}
