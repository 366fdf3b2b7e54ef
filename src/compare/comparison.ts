/** One way to ship the program, measured and run. `compare --format json` prints these. */
export interface ComparisonRow {
  /** `scratch`, or the name of a base. */
  readonly base: string;
  /** The C library that the program has or asks for. */
  readonly libc: string;
  /** `static`, `static-pie`, `dynamic`; for a row that could not be made, what it would have been. */
  readonly link: string;
  /** How it is packed: the rung, `bare` (the dynamic program alone) or `base`. */
  readonly packing: string;
  /** The compiler in words; null for a ready executable. */
  readonly toolchain: string | null;
  /** Sum of the compressed layers, bytes: what is pulled; null where there is no image. */
  readonly compressedBytes: number | null;
  /** Sum of the files' contents, bytes; null where there is no image. */
  readonly uncompressedBytes: number | null;
  /** Paths that are not directories; null where there is no image. */
  readonly files: number | null;
  /** `unavailable`: could not be made or not be run here. */
  readonly runs: 'yes' | 'no' | 'unavailable';
  /** Why it does or does not: one sentence. */
  readonly reason: string;
  /** Start to end of the shortest check that passed, in the sandbox; null where nothing ran. */
  readonly startMs: number | null;
  /** What the job of `--perf` took; null without one, and where it could not be measured. */
  readonly performance: Performance | null;
}

/** Of some runs of one job, measured inside of the sandbox. */
export interface Performance {
  /** How many. */
  readonly runs: number;
  /** From before its process is made until it has ended. */
  readonly medianMs: number;
  /** Of the fastest run. */
  readonly fastestMs: number;
  /** Of the slowest run. */
  readonly slowestMs: number;
  /** The most that a run had in memory at a time. */
  readonly peakMemoryBytes: number;
}

export interface Comparison {
  /** Of the program. */
  readonly name: string;
  /** Those that run first, smallest first. */
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
