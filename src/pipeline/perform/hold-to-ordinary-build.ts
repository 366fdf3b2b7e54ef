import type { Finding } from '../../core/finding.ts';
import { listNames } from '../../core/list-names.ts';
import { MorselError } from '../../core/errors.ts';
import { holdToOrdinary, isWorthHolding, type RootProof } from '../../proof/index.ts';
import type { OrdinaryBuild, RungBuild } from '../candidates/candidate.ts';
import type { ImagePlan } from '../plan/image-plan.ts';
import type { BuildRequest } from '../request/build-request.ts';
import { CandidateControl } from './candidate-control.ts';
import { differingFunctions } from './differing-functions.ts';
import type { PlannedAndProven } from './proven-image.ts';

/** Of functions that a message names. */
const NAMED_FUNCTIONS = 3;

/**
 * The proof of a statically linked program, held to what its ordinary, dynamic build does on this machine: where it has
 * functions that the C libraries do differently, and did something that may show it. That build costs a compile, so that
 * nothing else asks for it, and it is the ladder's own. Errors: INTERRUPTED and others that are no answer to it.
 */
export async function holdToOrdinaryBuild<T extends PlannedAndProven>(
  request: BuildRequest,
  made: T,
  build: RungBuild,
  ordinary: OrdinaryBuild,
  own: CandidateControl,
): Promise<T> {
  const { runs } = own;
  // The start of a program that was given jobs is none of them; probes are morsel's own words for want of any.
  const isAsked = request.checks.length > 0;
  const isWorth = made.examined.some(
    (one) => (isAsked || one.job.examination.kind === 'start-only') && isWorthHolding(one),
  );
  if (runs === null || !isWorth) return made;
  // glibc is glibc, static or not; what it loads is seen by the control of the program itself.
  const isGlibc = build.programs.every(({ facts }) => facts.libc === 'glibc');
  if (isGlibc && !ordinary.isMade()) return made;
  const functions = await functionsOf(request, build);
  if (functions.length === 0) return made;
  request.onEvent({ kind: 'comparing-linkage', rung: build.rung, functions });
  const held = await comparedWith(request, made, ordinary, own);
  if (typeof held !== 'string') return { ...made, ...held };
  return { ...made, plan: { ...made.plan, findings: [...made.plan.findings, selfOnly(functions, held)] } };
}

/** In words why it cannot be compared. */
async function comparedWith(
  request: BuildRequest,
  made: PlannedAndProven,
  ordinary: OrdinaryBuild,
  { runs, sandbox, user }: CandidateControl,
): Promise<RootProof | string> {
  if (runs === null || sandbox === null || user === null) return 'no sandbox works here';
  const build = await ordinary.build().catch((error: unknown) => {
    if (error instanceof MorselError && NO_BUILD.has(error.code)) return error.message;
    throw error;
  });
  if (typeof build === 'string') return build;
  // Its libraries are found by itself, on this machine.
  const programs = withSources(made.plan.programs, build.programs);
  const plan = { ...made.plan, programs, libraryFiles: [] };
  const control = new CandidateControl(request, plan, wordsFor(build.programs));
  try {
    const others = await control.runsIn(sandbox, user);
    return typeof others === 'string' ? others : await holdToOrdinary(made, runs, others);
  } finally {
    control.remove();
  }
}

const NO_BUILD: ReadonlySet<string> = new Set(['COMPILE_FAILED', 'TOOLCHAIN_MISSING', 'UNSUPPORTED']);

const wordsFor = (programs: RungBuild['programs']): string =>
  programs.every(({ facts }) => facts.libc === 'glibc') ? 'linked with glibc' : 'linked dynamically';

/** In the places of an image's programs, in whose order a build has them. */
function withSources(
  [first, ...others]: ImagePlan['programs'],
  [other, ...more]: RungBuild['programs'],
): ImagePlan['programs'] {
  return [
    { ...first, source: other.path },
    ...others.map((program, index) => ({ ...program, source: more[index]?.path ?? program.source })),
  ];
}

async function functionsOf(request: BuildRequest, { programs }: RungBuild): Promise<readonly string[]> {
  const names = new Set<string>();
  for (const program of programs)
    for (const name of await differingFunctions(request, program)) names.add(name);
  return [...names].toSorted();
}

function selfOnly(functions: readonly string[], reason: string): Finding {
  return {
    level: 'warning',
    message: `it was compared with itself only, though the C libraries differ in ${listNames(functions, NAMED_FUNCTIONS)}: its ordinary dynamic build cannot be had (${reason})`,
    hint: 'say what its checks are to print: `expectedOutput` in `checks` of morsel.json',
  };
}
