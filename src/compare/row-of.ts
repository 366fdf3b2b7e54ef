import type { Attempt, Candidate, MadeImage } from '../pipeline/index.ts';
import type { Rung } from '../core/choices.ts';
import type { ComparisonRow } from './comparison.ts';

/** What came of a candidate, as a row. */
export function rowOf(candidate: Candidate, made: Attempt): ComparisonRow {
  const identity = { base: baseName(candidate), packing: packingName(candidate) };
  if (made.kind === 'no-program') {
    const { message: reason } = made.failure;
    const wanted = { libc: LIBC[candidate.rung], link: linkOf(candidate.rung), toolchain: null };
    return { ...identity, ...wanted, ...NOT_MEASURED, runs: 'unavailable', reason };
  }
  const [{ facts, toolchain }] = made.build.programs;
  const program = { link: facts.link, libc: facts.libc, toolchain };
  if (made.kind === 'image')
    return { ...identity, ...program, ...made.written.size, ...outcomeOf(made), performance: null };
  const { code, message: reason } = made.failure;
  // Only the analysis can say no; an unreadable file or a sandbox that broke says nothing about the program.
  return {
    ...identity,
    ...program,
    ...NOT_MEASURED,
    runs: code === 'WONT_RUN' ? 'no' : 'unavailable',
    reason,
  };
}

const NOT_MEASURED = {
  compressedBytes: null,
  uncompressedBytes: null,
  files: null,
  startMs: null,
  performance: null,
} as const;

/** What a rung would have been, had it compiled. */
const LIBC: Readonly<Record<Rung, string>> = {
  'static-musl': 'musl',
  'static-glibc': 'glibc',
  'static-go': 'go',
  closure: 'glibc',
  base: 'glibc',
};

function linkOf(rung: Rung): string {
  return rung === 'closure' || rung === 'base' ? 'dynamic' : 'static';
}

function outcomeOf({ proof }: MadeImage): Pick<ComparisonRow, 'runs' | 'reason' | 'startMs'> {
  if (proof.status === 'skipped')
    return { runs: 'unavailable', reason: `not run: ${proof.reason ?? ''}`, startMs: null };
  const failed = proof.checks.find((check) => check.status === 'failed');
  if (failed !== undefined) return { runs: 'no', reason: failed.detail, startMs: null };
  if (proof.status === 'unclear')
    return { runs: 'unavailable', reason: `unclear: ${proof.reason ?? ''}`, startMs: null };
  const times = proof.checks.map((check) => check.elapsedMs);
  return {
    runs: 'yes',
    reason: `${proof.checks.length} check${proof.checks.length === 1 ? '' : 's'} in ${proof.sandbox ?? 'a sandbox'}`,
    startMs: times.length === 0 ? null : Math.round(Math.min(...times)),
  };
}

/** `static-musl on scratch`, `closure on debian:12-slim` */
export function rowName(candidate: Candidate): string {
  return `${packingName(candidate)} on ${baseName(candidate)}`;
}

function baseName({ placement }: Candidate): string {
  return placement.kind === 'base' ? placement.base.name : 'scratch';
}

function packingName({ rung, placement }: Candidate): string {
  if (placement.kind === 'bare') return 'bare';
  return placement.kind === 'base' && rung === 'closure' ? 'base' : rung;
}
