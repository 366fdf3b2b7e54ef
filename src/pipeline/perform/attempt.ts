import { MorselError } from '../../core/errors.ts';
import { listNames } from '../../core/list-names.ts';
import type { Timings } from '../build-result.ts';
import type { Candidate, OrdinaryBuild, RungBuild } from '../candidates/candidate.ts';
import { CandidateControl } from './candidate-control.ts';
import { chosenSandbox } from './chosen-sandbox.ts';
import { libraryTree } from '../plan/library-root.ts';
import { planImage } from '../plan/plan-image.ts';
import type { BuildRequest } from '../request/build-request.ts';
import type { PlannedAndProven } from './proven-image.ts';
import type { Staging } from './staging.ts';
import { timed } from './timed.ts';
import { writeAndProve } from './write-and-prove.ts';

/** A candidate that came as far as an image on disk; its proof may have failed. */
export interface MadeImage extends PlannedAndProven {
  readonly kind: 'image';
  readonly build: RungBuild;
  readonly timings: Timings;
}

/** What came of a candidate. */
export type Attempt =
  | MadeImage
  /** It cannot be compiled here, or not for this rung. */
  | { readonly kind: 'no-program'; readonly failure: MorselError }
  /** Its image cannot be made: a library is missing, a file cannot be read. */
  | { readonly kind: 'no-image'; readonly build: RungBuild; readonly failure: MorselError };

/**
 * Compiles, plans, writes and proves one candidate. An error that `isAnswer` takes is what came of it; others
 * (interruption, a full disk) go up.
 */
export async function attempt(
  request: BuildRequest,
  candidate: Candidate,
  staging: Staging,
  isAnswer: (failure: MorselError) => boolean,
): Promise<Attempt> {
  const answered = (error: unknown): MorselError => {
    if (error instanceof MorselError && isAnswer(error)) return error;
    throw error;
  };
  const build = await besideTrial(request, candidate.build).catch(answered);
  if (build instanceof MorselError) return { kind: 'no-program', failure: build };
  const made = await makeImage(request, candidate, build, staging).catch(answered);
  return made instanceof MorselError ? { kind: 'no-image', build, failure: made } : made;
}

/** The compiler has been started, and leaves this process nothing to do. */
const STARTED_MS = 20;
/** A compile that takes longer than one file's leaves a processor idle, in which the sandbox of the proof is tried. */
const LONG_COMPILE_MS = 250;

/** Whoever waits for the compiler's errors does not wait for a trial, and none is left when they come. */
async function besideTrial<T>(request: BuildRequest, compile: () => Promise<T>): Promise<T> {
  if (request.prove === 'skip') return compile();
  const trials: Promise<unknown>[] = [];
  const begin = (): void => void trials.push(chosenSandbox(request).catch(() => {}));
  const timers = [setTimeout(() => void loadAhead(), STARTED_MS), setTimeout(begin, LONG_COMPILE_MS)];
  try {
    return await compile();
  } finally {
    timers.forEach(clearTimeout);
    await Promise.all(trials);
  }
}

/** What follows on a compile, loaded while that goes on; who needs it loads it all the same, and hears why it cannot. */
async function loadAhead(): Promise<void> {
  const following = [
    () => import('./prove-rung.ts'),
    () => import('../../sandbox/index.ts'),
    () => import('../../control/index.ts'),
  ];
  // One after another, so that the compiler's output is read between them.
  for (const load of following) await load().catch(() => {});
}

async function makeImage(
  request: BuildRequest,
  candidate: Candidate,
  build: RungBuild,
  staging: Staging,
): Promise<MadeImage> {
  const trial = request.prove === 'skip' ? null : chosenSandbox(request);
  try {
    return await planAndProve(request, candidate, build, staging);
  } finally {
    // What was started ends with the candidate, also where its image came to nothing.
    await trial?.catch(() => {});
  }
}

async function planAndProve(
  request: BuildRequest,
  { placement, ordinary }: Candidate,
  build: RungBuild,
  staging: Staging,
): Promise<MadeImage> {
  const planned = await timed(() =>
    planImage(request, build, placement, libraryTree(request.root, build.programs)),
  );
  const plan = planned.value;
  const control = new CandidateControl(request, plan);
  try {
    const first = { plan, named: [], trades: [], ...(await writeAndProve(request, plan, staging, control)) };
    // `bare` is to show what a COPY of the program alone does; on a base, what a base gives.
    const isOurs = placement.kind === 'scratch' && control.runs !== null;
    const better = isOurs ? await improved(request, first, staging, control) : first;
    const held = await timed(() =>
      isOurs && ordinary !== null
        ? heldToOrdinary(request, better, build, ordinary, control)
        : Promise.resolve(better),
    );
    const made = held.value;
    const { assembleMs } = made;
    const proveMs = made.proveMs + held.elapsedMs;
    const timings = {
      compileMs: Math.round(build.compileMs),
      analyseMs: planned.elapsedMs,
      assembleMs,
      proveMs,
    };
    return { kind: 'image', build, ...made, timings };
  } finally {
    control.remove();
  }
}

/** Loaded where a proof was compared with a control run. */
async function improved(
  request: BuildRequest,
  first: PlannedAndProven,
  staging: Staging,
  control: CandidateControl,
): Promise<PlannedAndProven> {
  // What passes by its expectations, or but for what it writes, may do the same with what it lacks.
  const isAlike = first.examined.every(({ result }) => (result.control?.difference ?? null) === null);
  if (first.proof.status === 'passed' && isAlike) return first;
  const { improveImage } = await import('./improve-image.ts');
  return improveImage(request, first, staging, control);
}

/** Loaded where there is more to ask than whether it is there. */
async function heldToOrdinary(
  request: BuildRequest,
  made: PlannedAndProven,
  build: RungBuild,
  ordinary: OrdinaryBuild,
  control: CandidateControl,
): Promise<PlannedAndProven> {
  if (made.proof.status === 'failed' || made.proof.status === 'skipped') return made;
  const { holdToOrdinaryBuild } = await import('./hold-to-ordinary-build.ts');
  return holdToOrdinaryBuild(request, made, build, ordinary, control);
}

/** The failed check as the reason why the candidate is lost; null where nothing failed. */
export function proofFailure({ proof, named, plan }: MadeImage): MorselError | null {
  if (proof.status !== 'failed') return null;
  const failed = proof.checks.find((check) => check.status === 'failed');
  const [first] = named;
  const leftOut = leftOutNeeds(plan);
  const without = leftOut.length === 0 ? '' : `; left out by --without: ${leftOut.join(', ')}`;
  const lacks =
    first === undefined
      ? ''
      : `; on this machine it uses ${listNames(
          named.map(({ path }) => path),
          NAMED_LIMIT,
        )}, not packed since ${first.reason}`;
  return new MorselError(
    'PROOF_FAILED',
    `it does not pass its check "${failed?.name ?? 'start'}": ${failed?.detail ?? ''}${lacks}${without}`,
    {
      hint:
        leftOut.length > 0
          ? `build it with what it needs: no --without ${leftOut[0]}, nor in \`without\` of morsel.json`
          : first === undefined
            ? 'write the image with --no-prove and try it with `morsel run`; what is expected stands in `checks` of morsel.json'
            : `if the image is to have it: --add ${first.path}:${first.path}`,
      details: { checks: proof.checks },
    },
  );
}

/** Of what the user leaves out, what the program shows that it wants; all of it where it shows nothing. */
function leftOutNeeds({ needs, lacking: { leftOut } }: PlannedAndProven['plan']): readonly string[] {
  const wanted = needs.filter(({ need }) => leftOut.includes(need));
  const likely = wanted.filter(({ level }) => level !== 'possible');
  const told = (likely.length > 0 ? likely : wanted).map(({ need }) => need);
  // Its bytes need not show what it uses.
  return told.length > 0 ? told : leftOut;
}

/** Of the files that a message names. */
const NAMED_LIMIT = 3;

/**
 * Why another rung may do better, though nothing is known to work elsewhere: the program says that something failed which
 * may depend on how it is linked. null where it does not, or is proven.
 */
export function doubtOf({ proof, examined }: MadeImage): MorselError | null {
  if (proof.status !== 'unclear') return null;
  const doubtful = examined.find(
    ({ result, ran, isUnlikeOrdinary }) =>
      result.status === 'unclear' && (ran.mayBeOfLinkage || isUnlikeOrdinary === true),
  );
  if (doubtful === undefined) return null;
  return new MorselError('PROOF_FAILED', `it is unclear whether it works: ${doubtful.result.detail}`, {
    hint: "give it a job that it can do: --check 'ARGUMENTS'",
  });
}
