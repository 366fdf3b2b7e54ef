/**
 * What several runs of one job do not agree on, and what is therefore not compared with another: times, ids, addresses,
 * names of temporary files. A line is cut into words and single other characters; where runs differ in one of these, it
 * is masked; where a line has another number of them, the line; where a stream has another number of lines, the stream.
 */
export type Mask =
  | { readonly kind: 'stream' }
  /** By line of the first run, what is not compared; a line that is not in it is compared whole. */
  | { readonly kind: 'lines'; readonly lines: ReadonlyMap<number, LineMask> };

type LineMask = 'line' | ReadonlySet<number>;

export interface LineDifference {
  /** From 1. */
  readonly line: number;
  readonly expected: string | null;
  readonly found: string | null;
}

const NOTHING: Mask = { kind: 'lines', lines: new Map() };

/** @param runs of one stream each, from the same job; a single one masks nothing. */
export function maskOf(runs: readonly string[]): Mask {
  const [first = '', ...others] = runs;
  return others.reduce<Mask>((mask, other) => widen(mask, first, other), NOTHING);
}

function widen(mask: Mask, first: string, other: string): Mask {
  if (mask.kind === 'stream' || first === other) return mask;
  const [expected, found] = [linesOf(first), linesOf(other)];
  if (expected.length !== found.length) return { kind: 'stream' };
  const lines = new Map(mask.lines);
  expected.forEach((line, index) => {
    const masked = widenLine(lines.get(index), line, found[index] ?? '');
    if (masked !== null) lines.set(index, masked);
  });
  return { kind: 'lines', lines };
}

function widenLine(masked: LineMask | undefined, line: string, other: string): LineMask | null {
  if (line === other) return masked ?? null;
  if (masked === 'line') return masked;
  const [expected, found] = [wordsOf(line), wordsOf(other)];
  if (expected.length !== found.length) return 'line';
  return new Set([
    ...(masked ?? []),
    ...expected.flatMap((word, index) => (word === found[index] ? [] : [index])),
  ]);
}

/** The first line in which a stream differs from the expected one where the mask does not cover it; null for none. */
export function differsIn(mask: Mask, expected: string, found: string): LineDifference | null {
  if (mask.kind === 'stream' || expected === found) return null;
  const [lines, others] = [linesOf(expected), linesOf(found)];
  for (let index = 0; index < Math.max(lines.length, others.length); index++) {
    const [line, other] = [lines[index], others[index]];
    const isSame =
      line !== undefined && other !== undefined && isLineEqual(mask.lines.get(index), line, other);
    if (!isSame) return { line: index + 1, expected: line ?? null, found: other ?? null };
  }
  return null;
}

function isLineEqual(masked: LineMask | undefined, line: string, other: string): boolean {
  if (line === other || masked === 'line') return true;
  if (masked === undefined) return false;
  const [expected, found] = [wordsOf(line), wordsOf(other)];
  return (
    expected.length === found.length &&
    expected.every((word, index) => masked.has(index) || word === found[index])
  );
}

const linesOf = (text: string): readonly string[] => text.split('\n');
const wordsOf = (line: string): readonly string[] => line.match(/\w+|\W/g) ?? [];
