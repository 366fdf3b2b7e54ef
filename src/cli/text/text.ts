import { escapeUnprintable, printableJson } from '../../core/printable.ts';
import { keepColors } from './foreign-colors.ts';
import { characterWidth } from './display-width.ts';
import { hasColor } from './terminal.ts';
import { FIRM_BLANK, wrapLines } from './wrap.ts';

/**
 * What may be written to stdout and stderr. Only this file makes one: of words that stand in the source code (`text`
 * templates), and of everything else, escaped. A path, a name, a program's or a compiler's words cannot reach a terminal
 * otherwise, and so cannot print, erase or hide a line of morsel's own.
 */
class EscapedText {
  readonly #shown: string;

  constructor(shown: string) {
    this.#shown = shown;
  }

  get shown(): string {
    return this.#shown.replaceAll(FIRM_BLANK, ' ');
  }

  /** For a terminal of so many columns; null: lines as long as they are. */
  wrapped(columns: number | null): string {
    return columns === null ? this.shown : wrapLines(this.#shown, columns).replaceAll(FIRM_BLANK, ' ');
  }

  /** As part of another text. */
  get part(): string {
    return this.#shown;
  }
}

export type Text = EscapedText;

/** A string is foreign, whoever made it: it is escaped, to one line. */
export type Part = string | number | Text;

/** text`${path}: no such file`: the literal is morsel's own. */
export function text(own: TemplateStringsArray, ...parts: readonly Part[]): Text {
  return new EscapedText(
    own.map((literal, index) => literal + (index < parts.length ? shown(parts[index] ?? '') : '')).join(''),
  );
}

export function joinLines(lines: readonly Part[]): Text {
  return new EscapedText(lines.map(shown).join('\n'));
}

/** What is to be copied as one, such as a command: no line is broken in it. */
export function firm(part: Part): Text {
  return new EscapedText(shown(part).replaceAll(' ', FIRM_BLANK));
}

/** One document; no indentation: one line. */
export function json(value: unknown, indent?: number): Text {
  return new EscapedText(printableJson(value, indent));
}

const SGR = { bold: '1', dim: '2', red: '31', green: '32', yellow: '33', cyan: '36' } as const;
const RESET = '\u001B[0m';

export function paint(style: keyof typeof SGR, part: Part): Text {
  const plain = shown(part);
  return new EscapedText(hasColor() ? `\u001B[${SGR[style]}m${plain}${RESET}` : plain);
}

/** What fits into so many columns. */
export function clip(part: string, columns: number): Text {
  let left = columns;
  const kept: string[] = [];
  for (const character of escapeUnprintable(part)) {
    left -= characterWidth(character);
    if (left < 0) break;
    kept.push(character);
  }
  return new EscapedText(kept.join(''));
}

/** No line of morsel's own begins so. */
const GUTTER = '  | ';

/**
 * Foreign text of several lines, such as a compiler's: each line stands behind a gutter. Colours stay where `colors` says
 * so and the terminal takes them; each line ends without any.
 */
export function quote(foreign: string, { colors = false }: { readonly colors?: boolean } = {}): Text {
  const lines = foreign.trimEnd().split(LINE_END);
  const show = colors && hasColor() ? keepColors : dropColors;
  return new EscapedText(lines.map((line) => (GUTTER + show(expandTabs(line))).trimEnd()).join('\n'));
}

/** A lone carriage return too: progress bars redraw their line with it. */
const LINE_END = /\r?\n|\r/;
const COLORS = /\u001B\[[\d;]*m/g;

const dropColors = (line: string): string => escapeUnprintable(line.replaceAll(COLORS, ''));

function shown(part: Part): string {
  return part instanceof EscapedText ? part.part : escapeUnprintable(String(part));
}

const TAB_WIDTH = 8;

/** So that the carets below a line of source stay where they point to. */
function expandTabs(line: string): string {
  if (!line.includes('\t')) return line;
  return line
    .split('\t')
    .map((part, index, all) =>
      index === all.length - 1
        ? part
        : part + ' '.repeat(TAB_WIDTH - (part.replaceAll(COLORS, '').length % TAB_WIDTH)),
    )
    .join('');
}
