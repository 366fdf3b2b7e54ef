import type { Comparison } from '../../compare/comparison.ts';
import { formatBytes } from './format-size.ts';
import { type Column, formatMarkdownTable, formatTable } from './table.ts';
import { joinLines, type Text, text } from './text.ts';

/** `compare` as a table of text or of markdown. */
export function formatComparison(comparison: Comparison, format: 'text' | 'markdown'): Text {
  const table = format === 'markdown' ? formatMarkdownTable : formatTable;
  return table(COLUMNS, cellsOf(comparison));
}

/** Why each row that does not run does not; null when all do. */
export function formatReasons({ rows }: Comparison): Text | null {
  const reasons = rows
    .filter((row) => row.runs !== 'yes')
    .map((row) => text`  ${row.base}, ${row.packing}: ${row.reason}`);
  return reasons.length === 0 ? null : joinLines(['', 'why not:', ...reasons]);
}

const COLUMNS: readonly Column[] = [
  { title: 'Base' },
  { title: 'Packing' },
  { title: 'Libc' },
  { title: 'Linkage' },
  { title: 'Size', align: 'right' },
  { title: 'Compressed', align: 'right' },
  { title: 'Files', align: 'right' },
  { title: 'Runs' },
  { title: 'Start', align: 'right' },
];

function cellsOf({ rows }: Comparison): readonly (readonly string[])[] {
  const bytes = (value: number | null): string => (value === null ? '' : formatBytes(value));
  return rows.map((row) => [
    row.base,
    row.packing,
    row.libc,
    row.link,
    bytes(row.uncompressedBytes),
    bytes(row.compressedBytes),
    row.files === null ? '' : String(row.files),
    row.runs,
    row.startMs === null ? '' : `${row.startMs} ms`,
  ]);
}
