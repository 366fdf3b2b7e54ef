import { type BaseImage, openBase } from '../base/index.ts';
import {
  type BuildOptions,
  type BuildRequest,
  compileProgram,
  createTemporaryStaging,
  imageOfProgram,
  type Placement,
  programOfBinary,
  requestOf,
  type RungImage,
  type RungProgram,
  rungsOf,
  type Staging,
  toolsFor,
} from '../pipeline/index.ts';
import { MorselError } from '../core/errors.ts';
import type { Rung } from '../toolchain/index.ts';
import { type Comparison, type ComparisonRow, orderRows } from './comparison.ts';

export interface CompareOptions extends Omit<BuildOptions, 'output' | 'rungs'> {
  /** Root directories, OCI layouts or archives to put the program on. */
  readonly bases?: readonly string[] | undefined;
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
    const rows = await compareRungs(request, bases, staging);
    return { name: request.project.name, rows: orderRows(rows) };
  } finally {
    for (const base of bases) base.close();
    staging.remove();
  }
}

async function compareRungs(
  request: BuildRequest,
  bases: readonly BaseImage[],
  staging: Staging,
): Promise<ComparisonRow[]> {
  const rows: ComparisonRow[] = [];
  for (const { rung, make } of await candidatePrograms(request)) {
    const program = await make().catch((error: unknown) => expected(error));
    if (program instanceof MorselError) {
      rows.push(unavailableRow('scratch', rung, program));
      continue;
    }
    for (const placement of placementsOf(program, bases)) {
      rows.push(await measure(request, program, placement, staging));
    }
  }
  return rows;
}

interface Candidate {
  readonly rung: Rung;
  make(): Promise<RungProgram>;
}

async function candidatePrograms(request: BuildRequest): Promise<readonly Candidate[]> {
  if (request.project.kind === 'binary') {
    const program = programOfBinary(request.project.path);
    return [{ rung: program.rung, make: () => Promise.resolve(program) }];
  }
  const { project, tools } = await toolsFor(request, request.project);
  return rungsOf(request, project).map((rung) => ({
    rung,
    make: () => compileProgram(request, project, rung, tools),
  }));
}

/** A dynamic program also alone, as a `COPY` to scratch would ship it: the row that fails and says why. */
function placementsOf(program: RungProgram, bases: readonly BaseImage[]): readonly Placement[] {
  const onBases = bases.map((base): Placement => ({ kind: 'base', base }));
  const bare: readonly Placement[] = program.rung === 'closure' ? [{ kind: 'bare' }] : [];
  return [{ kind: 'scratch' }, ...bare, ...onBases];
}

async function measure(
  request: BuildRequest,
  program: RungProgram,
  placement: Placement,
  staging: Staging,
): Promise<ComparisonRow> {
  const made = await imageOfProgram(request, program, placement, staging).catch((error: unknown) =>
    expected(error),
  );
  const identity = {
    base: baseName(placement),
    packing: packingName(program.rung, placement),
    link: program.facts.link,
    libc: program.facts.libc,
  };
  if (made instanceof MorselError) {
    return {
      ...identity,
      toolchain: program.toolchain,
      ...NOT_MEASURED,
      // Only the analysis can say no; an unreadable file or a sandbox that broke says nothing about the program.
      runs: made.code === 'WONT_RUN' ? 'no' : 'unavailable',
      reason: made.message,
      startMs: null,
    };
  }
  return { ...identity, toolchain: program.toolchain, ...made.written.size, ...outcomeOf(made) };
}

const NOT_MEASURED = { compressedBytes: null, uncompressedBytes: null, files: null } as const;

function outcomeOf({ proof }: RungImage): Pick<ComparisonRow, 'runs' | 'reason' | 'startMs'> {
  if (proof.status === 'skipped')
    return { runs: 'unavailable', reason: `not run: ${proof.reason ?? ''}`, startMs: null };
  const failed = proof.checks.find((check) => check.status === 'failed');
  if (failed !== undefined) return { runs: 'no', reason: failed.detail, startMs: null };
  const times = proof.checks.map((check) => check.elapsedMs);
  return {
    runs: 'yes',
    reason: `${proof.checks.length} check${proof.checks.length === 1 ? '' : 's'} in ${proof.sandbox ?? 'a sandbox'}`,
    startMs: times.length === 0 ? null : Math.round(Math.min(...times)),
  };
}

function unavailableRow(base: string, rung: Rung, { message }: MorselError): ComparisonRow {
  const libc = {
    'static-musl': 'musl',
    'static-glibc': 'glibc',
    'static-go': 'go',
    closure: 'glibc',
    base: 'glibc',
  }[rung];
  const link = rung === 'closure' || rung === 'base' ? 'dynamic' : 'static';
  return {
    base,
    packing: rung,
    libc,
    link,
    toolchain: null,
    ...NOT_MEASURED,
    runs: 'unavailable',
    reason: message,
    startMs: null,
  };
}

function baseName(placement: Placement): string {
  return placement.kind === 'base' ? placement.base.name : 'scratch';
}

function packingName(rung: Rung, placement: Placement): string {
  if (placement.kind === 'bare') return 'bare';
  if (placement.kind === 'base') return rung === 'closure' ? 'base' : rung;
  return rung;
}

/** An interruption or a full disk ends the comparison; what a row can explain becomes the row. */
function expected(error: unknown): MorselError {
  if (error instanceof MorselError && error.code !== 'INTERRUPTED' && error.code !== 'DISK_FULL')
    return error;
  throw error;
}
