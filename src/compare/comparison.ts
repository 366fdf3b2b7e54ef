/** One way to ship the program, measured and run. `compare --format json` prints these (DESIGN section 3). */
export interface ComparisonRow {
  /** `scratch`, or the name of a base. */
  readonly base: string;
  readonly libc: string;
  /** `static`, `static-pie`, `dynamic`; for a row that could not be made, what it would have been. */
  readonly link: string;
  /** How it is packed: the rung, `bare` (the dynamic program alone) or `base`. */
  readonly packing: string;
  readonly toolchain: string | null;
  /** null where there is no image to measure. Bytes. */
  readonly compressedBytes: number | null;
  readonly uncompressedBytes: number | null;
  readonly files: number | null;
  readonly runs: 'yes' | 'no' | 'unavailable';
  readonly reason: string;
  /** Start to end of the shortest check that passed, in the sandbox; null where nothing ran. */
  readonly startMs: number | null;
}

export interface Comparison {
  readonly name: string;
  readonly rows: readonly ComparisonRow[];
}

/** Rows that run first, smallest first; then rows that do not; then what could not be made. */
export function orderRows(rows: readonly ComparisonRow[]): readonly ComparisonRow[] {
  const rank = { yes: 0, no: 1, unavailable: 2 } as const;
  return [...rows].sort(
    (a, b) =>
      rank[a.runs] - rank[b.runs] ||
      (a.uncompressedBytes ?? 0) - (b.uncompressedBytes ?? 0) ||
      compareText(a, b),
  );
}

function compareText(a: ComparisonRow, b: ComparisonRow): number {
  const key = (row: ComparisonRow): string => `${row.base} ${row.packing} ${row.link} ${row.libc}`;
  return key(a) < key(b) ? -1 : Number(key(a) > key(b));
}
