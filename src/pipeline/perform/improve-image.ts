import type { PackedPath } from '../../control/index.ts';
import { rejudge } from '../../proof/index.ts';
import type { BuildRequest } from '../request/build-request.ts';
import type { CandidateControl } from './candidate-control.ts';
import { mendPlan } from './mend.ts';
import type { PlannedAndProven } from './proven-image.ts';
import { reduceImage } from './reduce-image.ts';
import type { Staging } from './staging.ts';
import { writeAndProve } from './write-and-prove.ts';

/** Times that what was added may show that more is needed: a program that got further reads more. */
const MENDING_ROUNDS = 3;

/**
 * The image with what the program used on this machine and the image lacks, as long as that makes a difference; for
 * `--size smallest` without what the jobs do without. Each is written and proven anew.
 */
export async function improveImage(
  request: BuildRequest,
  first: PlannedAndProven,
  staging: Staging,
  control: CandidateControl,
): Promise<PlannedAndProven> {
  let made = first;
  const packed: PackedPath[] = [];
  for (let round = 0; round < MENDING_ROUNDS; round++) {
    const better = await mendPlan(request, made.plan, made, control);
    if (better === null) break;
    const { plan, named } = better;
    if (!better.isChanged) {
      made = { ...made, ...rejudge(made, better.surroundings), plan, named };
      break;
    }
    packed.push(...better.packed);
    made = await again(request, made, { plan, named, trades: [] }, staging, control);
  }
  return request.size === 'smallest' ? reduced(request, made, packed, staging, control) : made;
}

/** What was packed for jobs that now pass is tried without; an image that is then not proven is not taken. */
async function reduced(
  request: BuildRequest,
  made: PlannedAndProven,
  packed: readonly PackedPath[],
  staging: Staging,
  control: CandidateControl,
): Promise<PlannedAndProven> {
  if (made.proof.status !== 'passed') return made;
  const smaller = await reduceImage(request, made.plan, made, packed, control);
  if (smaller === null) return made;
  const proven = await again(request, made, { ...smaller, named: made.named }, staging, control);
  if (proven.proof.status === 'passed') return proven;
  return again(request, proven, made, staging, control);
}

/** Written and proven once more, in the place of what was there. */
async function again(
  request: BuildRequest,
  before: PlannedAndProven,
  { plan, named, trades }: Pick<PlannedAndProven, 'plan' | 'named' | 'trades'>,
  staging: Staging,
  control: CandidateControl,
): Promise<PlannedAndProven> {
  const proven = await writeAndProve(request, plan, staging, control);
  return {
    ...proven,
    plan,
    named,
    trades,
    assembleMs: before.assembleMs + proven.assembleMs,
    proveMs: before.proveMs + proven.proveMs,
  };
}
