/** Bytes. A longer line says nothing of progress, and passes as it comes. */
const PART_LIMIT = 16 * 1024;

/** A line, or a part that is drawn over, with what ends it. */
export interface OutputPart {
  /** Without its end; each character is one byte (latin1). */
  readonly text: string;
  readonly end: '\n' | '\r' | '\r\n' | '';
}

/** Output in pieces that end anywhere, as parts: what is not whole by now waits, up to a limit. */
export class OutputParts {
  #rest = '';

  push(piece: Buffer): readonly OutputPart[] {
    const all = this.#rest + piece.toString('latin1');
    const parts: OutputPart[] = [];
    let start = 0;
    for (const match of all.matchAll(/\r\n|\n|\r/g)) {
      parts.push({ text: all.slice(start, match.index), end: match[0] as OutputPart['end'] });
      start = match.index + match[0].length;
    }
    this.#rest = all.slice(start);
    return this.#rest.length > PART_LIMIT ? [...parts, ...this.end()] : parts;
  }

  end(): readonly OutputPart[] {
    const text = this.#rest;
    this.#rest = '';
    return text === '' ? [] : [{ text, end: '' }];
  }
}
