import { imageOfProgram, proofFailure, type RungImage, type RungProgram } from './attempt-rung.ts';
import type { BuildRequest } from './build-request.ts';
import type { RejectedRung } from './build-result.ts';
import { chooseRungs, rejectedForBinary, rungOfBinary } from './ladder.ts';
import { readFacts } from './read-facts.ts';
import type { Staging } from './staging.ts';

/** Where the ladder was left: the first rung that is proven, and why each one below it is not the answer. */
export interface Climb {
  readonly winner: RungImage;
  readonly rejected: readonly RejectedRung[];
}

/** A ready executable has one rung. The compilers' part is loaded only for sources: start-up counts for both. */
export async function climbLadder(request: BuildRequest, staging: Staging): Promise<Climb> {
  const { project } = request;
  if (project.kind === 'binary') return climbWithBinary(request, project.path, staging);
  const { climbWithProject } = await import('./climb-project.ts');
  return climbWithProject(request, project, staging);
}

async function climbWithBinary(request: BuildRequest, path: string, staging: Staging): Promise<Climb> {
  const program = programOfBinary(path);
  chooseRungs([program.rung], request.rungs);
  const winner = await imageOfProgram(request, program, { kind: 'scratch' }, staging);
  const rejected = rejectedForBinary(program.rung).map((one) => ({ ...one, hint: null, size: null }));
  const failure = proofFailure(winner);
  if (failure !== null) throw failure;
  return { winner, rejected };
}

/** A ready executable, on the rung where it stands. Errors: those of reading it. */
export function programOfBinary(path: string): RungProgram {
  const facts = readFacts(path);
  return {
    rung: rungOfBinary(facts),
    path,
    linkedPath: path,
    facts,
    toolchain: null,
    trades: [],
    compileMs: 0,
  };
}
