import { type BaseImage, openBase } from '../base/index.ts';
import { MorselError } from '../core/errors.ts';
import {
  type Attempt,
  attempt,
  type BuildOptions,
  type BuildRequest,
  type Candidate,
  candidatesOf,
  createTemporaryStaging,
  type Placement,
  requestOf,
  type Staging,
} from '../pipeline/index.ts';
import type { Rung } from '../core/choices.ts';
import { type Comparison, type ComparisonRow, orderRows } from './comparison.ts';
import { rowName, rowOf } from './row-of.ts';

export interface CompareOptions extends Omit<BuildOptions, 'output' | 'rungs'> {
  /** Root directories, OCI layouts or archives to put the program on. */
  readonly bases?: readonly string[] | undefined;
  /** Arguments of a job to be measured in each image that runs. */
  readonly perf?: readonly string[] | undefined;
}

/**
 * The user's own program over base x libc x linkage: every rung kept, each row written, measured and run. A row that
 * cannot be made is `unavailable` with its reason; none is ever estimated. Errors: those of detection; INTERRUPTED.
 */
export async function compare(options: CompareOptions = {}): Promise<Comparison> {
  const request = await requestOf(options);
  const staging = createTemporaryStaging('compare');
  const bases: BaseImage[] = [];
  try {
    for (const base of options.bases ?? []) {
      bases.push(await openBase(base, { workDirectory: staging.directory, signal: options.signal }));
    }
    const candidates = await candidatesOf(request, (rung) => placementsOf(rung, bases));
    return {
      name: request.project.name,
      rows: orderRows(await measureAll(request, candidates, staging, options.perf)),
    };
  } finally {
    for (const base of bases) base.close();
    staging.remove();
  }
}

/** A dynamic program also alone, as a `COPY` to scratch would ship it: the row that fails and says why. */
function placementsOf(rung: Rung, bases: readonly BaseImage[]): readonly Placement[] {
  const bare: readonly Placement[] = rung === 'closure' ? [{ kind: 'bare' }] : [];
  return [{ kind: 'scratch' }, ...bare, ...bases.map((base): Placement => ({ kind: 'base', base }))];
}

/** To the end of the ladder. A rung that does not compile is one row, on whatever it would have been put. */
async function measureAll(
  request: BuildRequest,
  candidates: readonly Candidate[],
  staging: Staging,
  perf: readonly string[] | undefined,
): Promise<readonly ComparisonRow[]> {
  const rows: ComparisonRow[] = [];
  const lost = new Set<Rung>();
  for (const [index, candidate] of candidates.entries()) {
    if (lost.has(candidate.rung)) continue;
    const row = rowName(candidate);
    request.onEvent({ kind: 'row-started', row, number: index + 1, rows: candidates.length });
    const made: Attempt = await attempt(request, candidate, staging, isRow);
    if (made.kind === 'no-program') lost.add(candidate.rung);
    rows.push(await withPerformance(request, rowOf(candidate, made), made, perf));
  }
  return rows;
}

/** Measured while its image is there: the next candidate of its rung is written over it. */
async function withPerformance(
  request: BuildRequest,
  row: ComparisonRow,
  made: Attempt,
  perf: readonly string[] | undefined,
): Promise<ComparisonRow> {
  if (perf === undefined || made.kind !== 'image' || row.runs !== 'yes') return row;
  const { measurePerformance } = await import('./measure-performance.ts');
  try {
    return { ...row, performance: await measurePerformance(request, made, perf) };
  } catch (error) {
    if (!(error instanceof MorselError) || !isRow(error)) throw error;
    request.onEvent({
      kind: 'finding',
      level: 'warning',
      message: `${rowNameOf(row)}: ${error.message}`,
      hint: error.hint,
    });
    return row;
  }
}

const rowNameOf = ({ packing, base }: ComparisonRow): string => `${packing} on ${base}`;

/** An interruption or a full disk ends the comparison; what a row can explain becomes the row. */
function isRow({ code }: MorselError): boolean {
  return code !== 'INTERRUPTED' && code !== 'DISK_FULL';
}
