import { MorselError } from '../../core/errors.ts';
import type { Rung } from '../../core/choices.ts';
import type { SourceProject } from '../../project/index.ts';
import type { CompiledProject, CompilePlan, LibrarySysroot, Tools } from '../../toolchain/index.ts';
import type { BuildRequest } from '../request/build-request.ts';
import type { OrdinaryConfiguration } from './ordinary-configuration.ts';
import type { RungLibraries } from './rung-libraries.ts';

/** A build system names what it misses one by one. */
const MAX_ROUNDS = 10;

export interface LibraryUse {
  readonly request: BuildRequest;
  readonly project: SourceProject;
  readonly rung: Rung;
  readonly tools: Tools;
  readonly ordinary: OrdinaryConfiguration;
  /** The same rung with libraries that were built for it; null where it is not to be had. */
  readonly planWith: (libraries: LibrarySysroot | null) => CompilePlan | null;
}

export interface CompiledWithLibraries {
  readonly built: CompiledProject;
  /** null: none were built. */
  readonly libraries: RungLibraries | null;
}

/**
 * Compiles for a rung; where that is musl's, with the libraries that the project asks for, built for it: those that are
 * known at the start, and then, again, with each that it fails for want of. Errors: those of `compile`; COMPILE_FAILED for a
 * library that cannot be had.
 */
export async function withLibraries(
  { request, project, rung, tools, ordinary, planWith }: LibraryUse,
  plan: CompilePlan,
  compile: (plan: CompilePlan) => Promise<CompiledProject>,
): Promise<CompiledWithLibraries> {
  if (rung !== 'static-musl' || !request.libraries) return { built: await compile(plan), libraries: null };
  const { RungLibraries: Libraries } = await import('./rung-libraries.ts');
  const { workDirectory } = plan;
  const libraries = new Libraries({ request, project, tools, workDirectory });
  await libraries.begin(ordinary);
  for (let round = 1; ; round++) {
    const current = planWith(libraries.sysroot) ?? plan;
    try {
      return { built: await compile(current), libraries: libraries.sysroot === null ? null : libraries };
    } catch (error) {
      const mayLearn = error instanceof MorselError && error.code === 'COMPILE_FAILED' && round < MAX_ROUNDS;
      if (!mayLearn || !(await libraries.learn(error, current))) throw error;
    }
  }
}
