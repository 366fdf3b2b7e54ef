import { escapeUnprintable } from '../../core/printable.ts';

/** ECMA-48 8.3.117: select graphic rendition. */
const SGR = /\u001B\[([\d;]*)m/;
const RESET = '\u001B[0m';

/**
 * One line of a compiler with its colours: bold, dim, italic, underlined and the colours of letters. Not blink (5, 6),
 * reverse (7), conceal (8) and backgrounds, which hide words; none is on any more where the line ends.
 */
export function keepColors(line: string): string {
  const parts = line.split(SGR);
  // Text and parameters take turns.
  const shown = parts.map((part, index) => (index % 2 === 0 ? escapeUnprintable(part) : sequenceOf(part)));
  return parts.length === 1 ? shown.join('') : `${shown.join('')}${RESET}`;
}

function sequenceOf(parameters: string): string {
  const kept = allowed(parameters.split(';').map(Number));
  return kept.length === 0 ? '' : `\u001B[${kept.join(';')}m`;
}

/** xterm's ctlseqs: 38;5;N and 38;2;R;G;B are colours of letters, 48 and 58 take as many for what is not kept. */
const EXTENDED = new Set([38, 48, 58]);
const EXTENDED_LENGTH: Readonly<Record<number, number>> = { 5: 3, 2: 5 };

function allowed(parameters: readonly number[]): readonly number[] {
  const kept: number[] = [];
  for (let at = 0; at < parameters.length;) {
    const parameter = parameters[at] ?? 0;
    const length = EXTENDED.has(parameter)
      ? (EXTENDED_LENGTH[parameters[at + 1] ?? 0] ?? parameters.length)
      : 1;
    const sequence = parameters.slice(at, at + length);
    if (isForeground(parameter) && sequence.length === length && sequence.every((value) => value <= 255))
      kept.push(...sequence);
    at += length;
  }
  return kept;
}

const isForeground = (value: number): boolean =>
  value <= 4 || (value >= 22 && value <= 24) || (value >= 30 && value <= 39) || (value >= 90 && value <= 97);
