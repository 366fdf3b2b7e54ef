import type { ByteSource } from '../core/byte-source.ts';
import { LINE_END_BYTES, type TraceLimits } from './trace-limits.ts';

const CHUNK_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/** A line of a trace, as bytes (latin1). strace escapes what programs bring, line feeds among it. */
export interface TraceLine {
  /** The whole of it, or its start. */
  readonly text: string;
  /** Its end, where what was between is left out. */
  readonly end?: string;
}

/**
 * The lines of a trace, some at a time, so that between them others have their turn. The last is left out when no line feed
 * ends it: nobody knows what is missing. Answers whether the trace was whole.
 */
export function* traceLines(
  source: ByteSource,
  limits: TraceLimits,
): Generator<readonly TraceLine[], TraceEnd> {
  const line = new OpenLine(limits.lineBytes);
  const endByte = Math.min(source.sizeBytes, limits.traceBytes);
  let offset = 0;
  while (offset < endByte) {
    const chunk = source.read(offset, Math.min(CHUNK_BYTES, endByte - offset));
    if (chunk.length === 0) break;
    offset += chunk.length;
    yield linesOf(chunk, line);
  }
  if (offset < source.sizeBytes) return 'too-long';
  return line.isEmpty ? 'whole' : 'cut';
}

export type TraceEnd = 'whole' | 'cut' | 'too-long';

function linesOf(chunk: Buffer, line: OpenLine): readonly TraceLine[] {
  const lines: TraceLine[] = [];
  let start = 0;
  for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
    line.add(chunk, start, end);
    lines.push(line.take());
    start = end + 1;
  }
  line.add(chunk, start, chunk.length);
  return lines;
}

/** A line whose end has not come yet: its first bytes and its last. */
class OpenLine {
  readonly #limit: number;
  #start = '';
  #end = '';
  #isCut = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get isEmpty(): boolean {
    return this.#start === '';
  }

  add(bytes: Buffer, from: number, to: number): void {
    const startTo = Math.min(to, from + this.#limit - this.#start.length);
    if (startTo > from) this.#start += bytes.toString('latin1', from, startTo);
    if (startTo >= to) return;
    this.#isCut = true;
    const end = this.#end + bytes.toString('latin1', Math.max(startTo, to - LINE_END_BYTES), to);
    this.#end = end.slice(-LINE_END_BYTES);
  }

  take(): TraceLine {
    const line = this.#isCut ? { text: this.#start, end: this.#end } : { text: this.#start };
    this.#start = '';
    this.#end = '';
    this.#isCut = false;
    return line;
  }
}
