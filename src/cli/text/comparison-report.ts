import type { Comparison } from '../../index.ts';
import { formatBytes, formatDuration } from './format-size.ts';
import { type Column, formatMarkdownTable, formatTable } from './table.ts';
import { joinLines, type Text, text } from './text.ts';

/** `compare` as a table of text or of markdown. */
export function formatComparison(comparison: Comparison, format: 'text' | 'markdown'): Text {
  const table = format === 'markdown' ? formatMarkdownTable : formatTable;
  const isMeasured = comparison.rows.some(({ performance }) => performance !== null);
  const columns = isMeasured ? [...COLUMNS, ...MEASURED] : COLUMNS;
  return table(columns, cellsOf(comparison, isMeasured));
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

/** With --perf. */
const MEASURED: readonly Column[] = [
  { title: 'Job', align: 'right' },
  { title: 'Memory', align: 'right' },
];

function cellsOf({ rows }: Comparison, isMeasured: boolean): readonly (readonly string[])[] {
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
    ...(isMeasured ? measured(row) : []),
  ]);
}

/** To three figures: jobs take microseconds or minutes. */
function measured({ performance }: Comparison['rows'][number]): readonly string[] {
  if (performance === null) return ['', ''];
  const { medianMs, peakMemoryBytes } = performance;
  return [
    medianMs < 1000 ? `${Number(medianMs.toPrecision(3))} ms` : formatDuration(medianMs),
    formatBytes(peakMemoryBytes),
  ];
}
