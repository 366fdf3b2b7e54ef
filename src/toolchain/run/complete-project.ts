import type { Project } from '../../project/project.ts';
import { type CompleteGoOptions, completeGoProject } from '../go/complete-go-project.ts';
import type { Tools } from '../find/tools.ts';

export type CompleteProjectOptions = CompleteGoOptions;

type SourceProject = Exclude<Project, { kind: 'binary' }>;

/**
 * Adds to a detected project what only its toolchain can tell (Go: the packages with C code). To be called once,
 * between `findTools` and `planRung`; planning stays pure. Error: INTERRUPTED.
 */
export function completeProject(
  project: SourceProject,
  tools: Tools,
  options: CompleteProjectOptions,
): Promise<SourceProject> {
  return project.kind === 'go' ? completeGoProject(project, tools, options) : Promise.resolve(project);
}
