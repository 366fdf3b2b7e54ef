import { performance } from 'node:perf_hooks';
import { MorselError } from '../core/errors.ts';
import { findProcessFamily } from '../core/find-process-family.ts';
import { DOCTOR_HINT } from '../core/hints.ts';
import { completeProject, findTools, type Rung, type ToolGroup, type Tools } from '../toolchain/index.ts';
import { imageOfProgram, proofFailure, type RungImage, type RungProgram } from './attempt-rung.ts';
import type { BuildRequest } from './build-request.ts';
import type { RejectedRung } from './build-result.ts';
import type { Climb } from './climb-ladder.ts';
import { compileRung, type SourceProject } from './compile-rung.ts';
import { chooseRungs, ladderFor } from './ladder.ts';
import type { Staging } from './staging.ts';

/** From the bottom up. Errors: what the topmost rung says when none is left. */
export async function climbWithProject(
  request: BuildRequest,
  detected: SourceProject,
  staging: Staging,
): Promise<Climb> {
  // Tried while the compilers are asked; commands of the build wait for its answer.
  if (!request.sandboxBuild) void findProcessFamily();
  const { project, tools } = await toolsFor(request, detected);
  const rejected: RejectedRung[] = [];
  const failures: MorselError[] = [];
  for (const rung of rungsOf(request, project)) {
    const attempt = await attemptRung(request, project, rung, tools, staging);
    if (attempt.kind === 'image') return { winner: attempt.image, rejected };
    rejected.push(attempt.rejected);
    failures.push(attempt.failure);
  }
  throw nothingLeft(failures, rejected);
}

type Attempt =
  | { readonly kind: 'image'; readonly image: RungImage }
  | { readonly kind: 'rejected'; readonly rejected: RejectedRung; readonly failure: MorselError };

/** One rung, from compiler to proof; expected failures are an answer, others (interruption, full disk) go up. */
async function attemptRung(
  request: BuildRequest,
  project: SourceProject,
  rung: Rung,
  tools: Tools,
  staging: Staging,
): Promise<Attempt> {
  request.onEvent({ kind: 'rung-started', rung });
  try {
    const program = await compileProgram(request, project, rung, tools);
    const image = await imageOfProgram(request, program, { kind: 'scratch' }, staging);
    const failure = proofFailure(image);
    return failure === null ? { kind: 'image', image } : reject(request, rung, failure, image);
  } catch (error) {
    if (!isReasonToClimb(error)) throw error;
    return reject(request, rung, error, null);
  }
}

/** Compiles for a rung and reads what came out. Errors: TOOLCHAIN_MISSING, COMPILE_FAILED. */
export async function compileProgram(
  request: BuildRequest,
  project: SourceProject,
  rung: Rung,
  tools: Tools,
): Promise<RungProgram> {
  const started = performance.now();
  const compiled = await compileRung(request, project, rung, tools);
  return { rung, ...compiled, compileMs: performance.now() - started };
}

function reject(request: BuildRequest, rung: Rung, failure: MorselError, image: RungImage | null): Attempt {
  request.onEvent({ kind: 'rung-rejected', rung, reason: failure.message, hint: failure.hint });
  const size = image?.written.size ?? null;
  return {
    kind: 'rejected',
    rejected: { rung, reason: failure.message, hint: failure.hint, size },
    failure,
  };
}

const REASONS_TO_CLIMB: ReadonlySet<string> = new Set([
  'TOOLCHAIN_MISSING',
  'COMPILE_FAILED',
  'PROOF_FAILED',
  'WONT_RUN',
  'UNSUPPORTED',
]);

function isReasonToClimb(error: unknown): error is MorselError {
  return error instanceof MorselError && REASONS_TO_CLIMB.has(error.code);
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
  const reasons = rejected.map(({ rung, reason }) => `${rung}: ${reason}`).join('; ');
  const hint = failures[0]?.hint ?? DOCTOR_HINT;
  const code = last('TOOLCHAIN_MISSING') === undefined ? 'NO_RUNG' : 'TOOLCHAIN_MISSING';
  return new MorselError(code, `no rung can be built here: ${reasons}`, { hint, details });
}

/** The rungs to be tried. Error: NO_RUNG where none of those that were asked for is on the project's ladder. */
export function rungsOf(request: BuildRequest, project: SourceProject): readonly Rung[] {
  return chooseRungs(ladderFor(project), request.rungs);
}

/** Only what the project's language needs: asking a compiler what it is costs a process. */
export async function toolsFor(request: BuildRequest, detected: SourceProject): Promise<ProjectAndTools> {
  const { signal, sandboxBuild, platform } = request;
  const groups: readonly ToolGroup[] = detected.kind === 'c' ? ['c'] : [detected.kind, 'c'];
  // A rust-toolchain.toml can name a program of the project: nothing of it is started outside of the sandbox.
  const directory = sandboxBuild ? undefined : detected.directory;
  const tools = await findTools({ groups, signal, directory });
  const project = await completeProject(detected, tools, {
    signal,
    architecture: platform.architecture,
    offline: sandboxBuild,
  });
  return { project, tools };
}

/** The project with what only its toolchain can tell, and the tools. */
export interface ProjectAndTools {
  readonly project: SourceProject;
  readonly tools: Tools;
}
