import type { Rung } from '../../core/choices.ts';
import type { BuildRequest } from '../request/build-request.ts';
import type { Candidate, Placement, RungBuild, RungSource } from './candidate.ts';
import { chooseRungs, rungOfBinary } from './ladder.ts';
import { refuseOtherPlatform } from './asked-platform.ts';
import { readFacts } from './read-facts.ts';

/**
 * Every way to ship the programs that is to be tried, smallest first: its rungs, each on the placements that
 * `placementsOf` gives it. Nothing is compiled yet. Errors: USAGE where none is left of those that were asked for;
 * those of reading a ready executable.
 */
export async function candidatesOf(
  request: BuildRequest,
  placementsOf: (rung: Rung) => readonly Placement[],
): Promise<readonly Candidate[]> {
  const rungs = await rungSourcesOf(request);
  return rungs.flatMap((source) => placementsOf(source.rung).map((placement) => ({ ...source, placement })));
}

/** A ready executable has one rung. The compilers' part is loaded only for sources: start-up counts for both. */
async function rungSourcesOf(request: BuildRequest): Promise<readonly RungSource[]> {
  const { project } = request;
  if (project.kind === 'binary') {
    const build = buildOfBinary(project.path);
    refuseOtherPlatform(request, build.programs[0].facts);
    chooseRungs([build.rung], request.rungs);
    return [{ rung: build.rung, build: () => Promise.resolve(build), ordinary: null }];
  }
  const { rungSourcesOfProject } = await import('./project-rungs.ts');
  return rungSourcesOfProject(request, project);
}

/** A ready executable, on the rung where it stands. Errors: those of reading it. */
export function buildOfBinary(path: string): RungBuild {
  const facts = readFacts(path);
  return {
    rung: rungOfBinary(facts),
    programs: [{ path, linkedPath: path, facts, toolchain: null }],
    trades: [],
    findings: [],
    libraries: [],
    compileMs: 0,
  };
}
