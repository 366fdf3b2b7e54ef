import { formatPlatform } from '../oci/index.ts';
import type { SourceProject } from '../project/index.ts';
import type { PlanOutcome } from '../toolchain/index.ts';
import type { Rung } from '../core/choices.ts';
import { SCRATCH } from './candidates/candidate.ts';
import { libraryTree } from './plan/library-root.ts';
import { planImage } from './plan/plan-image.ts';
import { type PlannedImage, plannedImage } from './plan/planned-image.ts';
import { candidatesOf } from './candidates/candidates.ts';
import type { BuildOptions } from './request/build-options.ts';
import type { BuildRequest } from './request/build-request.ts';
import { requestOf } from './request/request-of.ts';

/** What would be done for one rung: the commands that compile it, or for a ready executable the image itself. */
export interface RungPlan {
  /** What it is compiled for: `linux/amd64`. */
  readonly platform: string;
  /** One step of the ladder. */
  readonly rung: Rung;
  /** How it would be compiled, why it cannot be, or that it is compiled already. */
  readonly outcome: PlanOutcome | ReadyProgram;
  /** What would be written; null where it depends on what the compiler makes. */
  readonly image: PlannedImage | null;
}

/** A ready executable. */
export interface ReadyProgram {
  /** Nothing is compiled. */
  readonly kind: 'ready';
  /** Where it lies. */
  readonly path: string;
}

/** What `build` would run for each rung, and which image it would write, without doing it. Errors: as `build`. */
export async function planBuild(options: BuildOptions = {}): Promise<readonly RungPlan[]> {
  const request = await requestOf(options);
  if (request.project.kind === 'binary') return planBinary(request);
  const plans: RungPlan[] = [];
  for (const platform of request.platforms)
    plans.push(...(await planSources({ ...request, platform }, request.project)));
  return plans;
}

async function planSources(request: BuildRequest, detected: SourceProject): Promise<readonly RungPlan[]> {
  const { rungsOf, toolsFor } = await import('./candidates/project-rungs.ts');
  const { planProjectRung } = await import('./candidates/compile-rung.ts');
  const { project, tools } = await toolsFor(request, detected);
  return rungsOf(request, project).map((rung) => ({
    platform: formatPlatform(request.platform),
    rung,
    outcome: planProjectRung(request, project, rung, tools),
    image: null,
  }));
}

async function planBinary(request: BuildRequest): Promise<readonly RungPlan[]> {
  const candidates = await candidatesOf(request, () => [SCRATCH]);
  return Promise.all(
    candidates.map(async ({ rung, build, placement }) => {
      const ready = await build();
      const plan = await planImage(request, ready, placement, libraryTree(request.root, ready.programs));
      return {
        platform: formatPlatform(plan.platform),
        rung,
        outcome: { kind: 'ready', path: ready.programs[0].path } as const,
        image: plannedImage(plan),
      };
    }),
  );
}
