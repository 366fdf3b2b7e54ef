export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Columns padded to their widest cell, two spaces apart, no trailing space: greppable, and narrow enough for a log. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  indent = '',
): string {
  const hasTitles = columns.some((column) => column.title !== '');
  const all = hasTitles ? [columns.map((column) => column.title), ...rows] : rows;
  const widths = columns.map((_, index) => widestCell(all, index));
  const lines = all.map((row) =>
    columns
      .map((column, index) => pad(row[index] ?? '', widths[index] ?? 0, column.align ?? 'left'))
      .join('  ')
      .trimEnd(),
  );
  return lines.map((line) => indent + line).join('\n');
}

/** By hand: an image with 200,000 files has more rows than a call may have arguments. */
function widestCell(rows: readonly (readonly string[])[], index: number): number {
  return rows.reduce((widest, row) => Math.max(widest, [...(row[index] ?? '')].length), 0);
}

/** GitHub-flavoured markdown. */
export function formatMarkdownTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(' | ')} |`;
  const rule = columns.map((column) => (column.align === 'right' ? '---:' : '---'));
  return [line(columns.map((column) => column.title)), line(rule), ...rows.map(line)].join('\n');
}

function escapeCell(cell: string): string {
  return cell.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - [...text].length));
  return align === 'right' ? space + text : text + space;
}
