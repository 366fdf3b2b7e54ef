import type { Rung } from '../core/choices.ts';
import type { Project } from '../project/project.ts';
import { planC } from './c/plan-c.ts';
import { planGo } from './go/plan-go.ts';
import type { PlanOptions, PlanOutcome } from './plan.ts';
import { planRust } from './rust/plan-rust.ts';
import type { Tools } from './find/tools.ts';

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
      return planRust(project, rung, tools, options);
    case 'go':
      return planGo(project, rung, tools, options);
  }
}
