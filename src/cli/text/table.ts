import { escapeUnprintable } from '../../core/printable.ts';
import { joinLines, type Text } from './text.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

type Rows = readonly (readonly string[])[];

/** Columns padded to their widest cell, two spaces apart, no trailing space: greppable, and narrow enough for a log. */
export function formatTable(columns: readonly Column[], rows: Rows, indent = ''): Text {
  const hasTitles = columns.some((column) => column.title !== '');
  // Escaped before they are measured.
  const all = [...(hasTitles ? [columns.map((column) => column.title)] : []), ...rows].map((row) =>
    row.map(escapeUnprintable),
  );
  const widths = columns.map((_, index) => widestCell(all, index));
  const lines = all.map((row) =>
    columns
      .map((column, index) => pad(row[index] ?? '', widths[index] ?? 0, column.align ?? 'left'))
      .join('  ')
      .trimEnd(),
  );
  return joinLines(lines.map((line) => indent + line));
}

/** Characters. A longer cell moves its own row only: one path of 4 kB would make 4 kB of each of 200,000 rows. */
const ALIGNED_WIDTH = 120;

/** By hand: an image with 200,000 files has more rows than a call may have arguments. */
function widestCell(rows: Rows, index: number): number {
  return rows.reduce((widest, row) => {
    const { length } = [...(row[index] ?? '')];
    return length > ALIGNED_WIDTH ? widest : Math.max(widest, length);
  }, 0);
}

/** GitHub-flavoured markdown. */
export function formatMarkdownTable(columns: readonly Column[], rows: Rows): Text {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(' | ')} |`;
  const rule = columns.map((column) => (column.align === 'right' ? '---:' : '---'));
  return joinLines([
    line(columns.map((column) => column.title)),
    `| ${rule.join(' | ')} |`,
    ...rows.map(line),
  ]);
}

/** Of a cell's words none may end it, begin a tag or a comment (which hides the rows below it), a link or code. */
function escapeCell(cell: string): string {
  return escapeUnprintable(cell).replaceAll(/[\\|<>&`[\]*~]/g, '\\$&');
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - [...text].length));
  return align === 'right' ? space + text : text + space;
}
