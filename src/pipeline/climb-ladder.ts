import { MorselError } from '../core/errors.ts';
import { DOCTOR_HINT } from '../core/hints.ts';
import type { ImageSize } from '../places/index.ts';
import type { Rung } from '../core/choices.ts';
import type { RejectedRung } from '../evidence/index.ts';
import { type Candidate, SCRATCH } from './candidates/candidate.ts';
import { candidatesOf } from './candidates/candidates.ts';
import { rejectedForBinary } from './candidates/ladder.ts';
import { attempt, doubtOf, type MadeImage, proofFailure } from './perform/attempt.ts';
import type { Staging } from './perform/staging.ts';
import type { BuildRequest } from './request/build-request.ts';

/** Where the ladder was left: the first candidate that is proven, and why each one below it is not the answer. */
export interface Climb {
  readonly winner: MadeImage;
  readonly rejected: readonly RejectedRung[];
}

/** From the bottom up, each rung on scratch. Errors: what the topmost rung says when none is left. */
export async function climbLadder(request: BuildRequest, staging: Staging): Promise<Climb> {
  const candidates = await candidatesOf(request, () => [SCRATCH]);
  if (request.project.kind === 'binary') return takeTheOne(request, candidates, staging);
  const rejected: RejectedRung[] = [];
  const failures: MorselError[] = [];
  const unclear: Climb[] = [];
  for (const candidate of candidates) {
    request.onEvent({ kind: 'rung-started', rung: candidate.rung });
    const made = await attempt(request, candidate, staging, isReasonToClimb);
    const failure = made.kind === 'image' ? proofFailure(made) : made.failure;
    if (made.kind === 'image' && failure === null) {
      const doubt = doubtOf(made);
      if (doubt === null) return { winner: made, rejected };
      unclear.push({ winner: made, rejected: [...rejected] });
      const lost = lostRung(candidate.rung, doubt, made.written.size);
      rejected.push(lost);
      tell(request, lost, rejected.slice(0, -1));
    }
    if (failure === null) continue;
    if (failure.details?.['final'] === true) throw withRejected(failure, rejected);
    const lost = lostRung(candidate.rung, failure, made.kind === 'image' ? made.written.size : null);
    rejected.push(lost);
    failures.push(failure);
    const isLast = candidate === candidates.at(-1) && unclear.length === 0;
    // The end of the ladder says it.
    if (!isLast || nothingLeft(failures, rejected).cause !== failure)
      tell(request, lost, rejected.slice(0, -1));
  }
  // Where no rung does better, the lowest of those that say no worse.
  const [lowest] = unclear;
  if (lowest !== undefined) return lowest;
  throw nothingLeft(failures, rejected);
}

/** A ready executable has one rung, and what is wrong with it is the answer. */
async function takeTheOne(
  request: BuildRequest,
  candidates: readonly Candidate[],
  staging: Staging,
): Promise<Climb> {
  const [only] = candidates;
  if (only === undefined) throw new Error('a ready executable stands on a rung');
  const winner = await attempt(request, only, staging, () => false);
  if (winner.kind !== 'image') throw winner.failure;
  const failure = proofFailure(winner);
  if (failure !== null) throw failure;
  const rejected = rejectedForBinary(only.rung).map((one) => ({ ...one, hint: null, size: null }));
  return { winner, rejected };
}

function lostRung(rung: Rung, { message: reason, hint }: MorselError, size: ImageSize | null): RejectedRung {
  return { rung, reason, hint, size };
}

/** A reason that a rung below was lost for is known. */
function tell(
  { onEvent }: BuildRequest,
  { rung, reason, hint }: RejectedRung,
  before: readonly RejectedRung[],
): void {
  const same = before.find((other) => other.reason === reason);
  onEvent({
    kind: 'rung-rejected',
    rung,
    reason: same === undefined ? reason : `as ${same.rung}`,
    ...(same === undefined && hint !== null ? { hint } : {}),
  });
}

const REASONS_TO_CLIMB: ReadonlySet<string> = new Set([
  'TOOLCHAIN_MISSING',
  'COMPILE_FAILED',
  'PROOF_FAILED',
  'WONT_RUN',
  'UNSUPPORTED',
]);

function isReasonToClimb({ code }: MorselError): boolean {
  return REASONS_TO_CLIMB.has(code);
}

/** No rung can be built: what is wrong is said once. */
function withRejected(failure: MorselError, rejected: readonly RejectedRung[]): MorselError {
  const { code, message, hint, cause, details } = failure;
  return new MorselError(code, message, { hint, cause, details: { ...details, rejected } });
}

/** The ladder has ended: the error of the topmost rung that says most about the user's own program. */
function nothingLeft(failures: readonly MorselError[], rejected: readonly RejectedRung[]): MorselError {
  const details = { rejected };
  const last = (code: string): MorselError | undefined =>
    failures.findLast((failure) => failure.code === code);
  const proof = last('PROOF_FAILED') ?? last('WONT_RUN');
  if (proof !== undefined)
    return new MorselError(proof.code, `no rung is proven: ${proof.message}`, {
      hint: proof.hint,
      cause: proof,
      details,
    });
  const compile = last('COMPILE_FAILED');
  if (compile !== undefined)
    return new MorselError('COMPILE_FAILED', compile.message, {
      hint: compile.hint,
      cause: compile,
      details: { ...compile.details, rejected },
    });
  const reasons = [...new Set(rejected.map(({ reason }) => reason))]
    .map((reason) => `${rungsLostFor(reason, rejected)}: ${reason}`)
    .join('; ');
  const hint = failures[0]?.hint ?? DOCTOR_HINT;
  const code = last('TOOLCHAIN_MISSING') === undefined ? 'NO_RUNG' : 'TOOLCHAIN_MISSING';
  return new MorselError(code, `no rung can be built here: ${reasons}`, { hint, details });
}

function rungsLostFor(reason: string, rejected: readonly RejectedRung[]): string {
  return rejected
    .filter((lost) => lost.reason === reason)
    .map(({ rung }) => rung)
    .join(', ');
}
