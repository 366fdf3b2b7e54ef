import { type Comparison, compareOutcomes } from '../control/index.ts';
import { PROOF_STRENGTHS } from '../core/choices.ts';
import type { ControlRuns } from './control-run.ts';
import type { Examined } from './examine.ts';
import type { RootProof } from './prove-root.ts';
import type { RanCheck } from './run-check.ts';
import { answerOf } from './summarise.ts';
import { withoutLibcName } from './without-libc-name.ts';
import { hasExpectations, type Verdict, verdictOf } from './verdict.ts';

/** Exit code of a loader that has not found everything: rtld of glibc and musl. */
const LOADER_FAILED = 127;

/**
 * Whether a run shows something that may depend on the C library: a job that says nothing of what is right, or a start
 * that has ended with words of its own. How it is to be called is no matter of linkage; neither is a server that listens.
 */
export function isWorthHolding({ ran, control, result, job }: Examined): boolean {
  if (control === null || result.status === 'failed') return false;
  if (job.examination.kind === 'check')
    return !hasExpectations(job.examination.check) && control.problems.length === 0;
  const { isAlive, stdout, stderr } = ran.outcome;
  return !isAlive && stdout.length + stderr.length > 0 && !ran.isUsage;
}

/**
 * The same proof, where each check's control run is compared in turn with a run of the program as it is ordinarily linked,
 * on the same root: what one C library does silently otherwise, a control of the same program does as well.
 * @returns in words why it cannot be compared.
 */
export async function holdToOrdinary(
  proven: RootProof,
  own: ControlRuns,
  ordinary: ControlRuns,
): Promise<RootProof | string> {
  const examined: Examined[] = [];
  for (const one of proven.examined) {
    const held = isWorthHolding(one) ? await hold(one, own, ordinary) : one;
    if (typeof held === 'string') return held;
    examined.push(held);
  }
  return { examined, proof: { ...proven.proof, ...answerOf(examined.map(({ result }) => result)) } };
}

async function hold(one: Examined, own: ControlRuns, ordinary: ControlRuns): Promise<Examined | string> {
  const seen = await compareRuns(one, own, ordinary);
  if (typeof seen === 'string') return seen;
  const { where } = ordinary;
  const control = { ran: seen.expected, comparison: seen.comparison, where };
  const { kind } = one.judged;
  const verdict = verdictOf({ kind, image: seen.ran, control, surroundings: null });
  const isEqual = seen.comparison.difference === null;
  const merged = weaker(one.result, verdict, isEqual ? where : null);
  const isUnlikeOrdinary = merged.status === 'unclear' && !isEqual;
  return { ...one, isUnlikeOrdinary, result: { ...one.result, ...merged } };
}

interface Seen {
  readonly ran: RanCheck;
  readonly expected: RanCheck;
  readonly comparison: Comparison;
}

/** A difference is believed when it stays in the face of a second run of each. */
async function compareRuns(
  { job }: Examined,
  own: ControlRuns,
  ordinary: ControlRuns,
): Promise<Seen | string> {
  let seen: Seen | null = null;
  for (let runs = 1; runs <= 2; runs++) {
    const [programs, others] = await Promise.all([own.atLeast(runs, job), ordinary.atLeast(runs, job)]);
    if (programs === null || others === null) return ordinary.failure ?? own.failure ?? 'no run can be had';
    const unusable = others.find(hasNotStarted);
    if (unusable !== undefined) return unusable.problems[0] ?? 'it does not start';
    const ran = programs[runs - 1] ?? programs[0];
    const outcomes = others.toReversed().map(({ outcome }) => withoutLibcName(outcome));
    const [last = withoutLibcName(others[0].outcome), ...earlier] = outcomes;
    const comparison = compareOutcomes([last, ...earlier], withoutLibcName(ran.outcome), ordinary.where);
    seen = { ran, expected: others[0], comparison };
    if (comparison.difference === null) break;
  }
  return seen ?? 'no run can be had';
}

function hasNotStarted({ outcome, problems }: RanCheck): boolean {
  return outcome.startFailure !== null || (outcome.exitCode === LOADER_FAILED && problems.length > 0);
}

/** What both comparisons allow to be said. @param likeWhere where it does the same, in words; null where it does not. */
function weaker(first: Examined['result'], second: Verdict, likeWhere: string | null): Verdict {
  if (second.status === 'failed') return second;
  if (first.status === 'unclear') return first;
  if (second.status === 'unclear') return second;
  if (likeWhere === null) return rank(second) < rank(first) ? second : first;
  return { ...first, detail: `${first.detail}; the same ${likeWhere}` };
}

const rank = ({ strength }: Pick<Verdict, 'strength'>): number =>
  PROOF_STRENGTHS.findIndex((one) => one === strength);
