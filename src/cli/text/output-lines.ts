/** Characters. What has no line end by then is shown as it is. */
const LINE_LIMIT = 16 * 1024;

/** Output arrives in pieces that end anywhere, within a colour too; what is shown are lines. */
export class OutputLines {
  #rest = '';

  /** The lines that are whole by now, as one text; null when there are none. */
  push(piece: string): string | null {
    const output = this.#rest + piece;
    const end = output.length > LINE_LIMIT ? output.length : output.lastIndexOf('\n') + 1;
    this.#rest = output.slice(end);
    return end === 0 ? null : output.slice(0, end);
  }

  /** What is left without a line end; null when nothing is. */
  flush(): string | null {
    const rest = this.#rest;
    this.#rest = '';
    return rest.trim() === '' ? null : rest;
  }
}
