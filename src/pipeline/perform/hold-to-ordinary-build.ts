import type { Finding } from '../../core/finding.ts';
import { listNames } from '../../core/list-names.ts';
import { MorselError } from '../../core/errors.ts';
import { holdToOrdinary, isWorthHolding, type RootProof } from '../../proof/index.ts';
import type { OrdinaryBuild, RungProgram } from '../candidates/candidate.ts';
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
  program: RungProgram,
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
  if (program.facts.libc === 'glibc' && !ordinary.isMade()) return made;
  const functions = await differingFunctions(request, program);
  if (functions.length === 0) return made;
  request.onEvent({ kind: 'comparing-linkage', rung: program.rung, functions });
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
  const program = await ordinary.program().catch((error: unknown) => {
    if (error instanceof MorselError && NO_BUILD.has(error.code)) return error.message;
    throw error;
  });
  if (typeof program === 'string') return program;
  // Its libraries are found by itself, on this machine.
  const control = new CandidateControl(
    request,
    program,
    { ...made.plan, libraryFiles: [] },
    wordsFor(program),
  );
  try {
    const others = await control.runsIn(sandbox, user);
    return typeof others === 'string' ? others : await holdToOrdinary(made, runs, others);
  } finally {
    control.remove();
  }
}

const NO_BUILD: ReadonlySet<string> = new Set(['COMPILE_FAILED', 'TOOLCHAIN_MISSING', 'UNSUPPORTED']);

const wordsFor = ({ facts }: RungProgram): string =>
  facts.libc === 'glibc' ? 'linked with glibc' : 'linked dynamically';

function selfOnly(functions: readonly string[], reason: string): Finding {
  return {
    level: 'warning',
    message: `it was compared with itself only, though the C libraries differ in ${listNames(functions, NAMED_FUNCTIONS)}: its ordinary dynamic build cannot be had (${reason})`,
    hint: 'say what its checks are to print: `expectedOutput` in `checks` of morsel.json',
  };
}
