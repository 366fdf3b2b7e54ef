import type { CProject } from '../../project/project.ts';
import type { Tools } from '../find/tools.ts';
import type { CompleteProjectOptions } from '../language.ts';

/** A single file says by its `#include` lines what it is linked with: no build file does. Error: INTERRUPTED. */
export async function completeCProject(
  project: CProject,
  tools: Tools,
  { signal, env = process.env }: CompleteProjectOptions,
): Promise<CProject> {
  if (project.buildSystem !== 'single' || project.source === null) return project;
  const { scanIncludes } = await import('./libraries/scan-includes.ts');
  const sources = project.sources?.map(({ path }) => path) ?? [project.source];
  const { headers, tried } = scanIncludes(sources, project.directory);
  const { findLibraries } = await import('./libraries/find-libraries.ts');
  const libraries = await findLibraries(headers, tools, { env, signal, cwd: '/' });
  return { ...project, libraries: libraries.map((one) => ({ ...one, isTried: tried.has(one.header) })) };
}
