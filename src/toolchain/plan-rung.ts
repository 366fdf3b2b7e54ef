import type { Project } from '../project/project.ts';
import { planC } from './c/index.ts';
import type { PlanOptions, PlanOutcome, Rung } from './plan.ts';
import type { Tools } from './tools.ts';

/** How a project is compiled for a rung with the tools that are here, or why it cannot be. Pure. */
export function planRung(
  project: Exclude<Project, { kind: 'binary' }>,
  rung: Rung,
  tools: Tools,
  options: PlanOptions,
): PlanOutcome {
  switch (project.kind) {
    case 'c':
      return planC(project, rung, tools, options);
    case 'rust':
    case 'go':
      return { kind: 'unavailable', reason: `${project.kind} projects are not planned yet`, hint: null };
  }
}
