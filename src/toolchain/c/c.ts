import type { CProject } from '../../project/project.ts';
import type { CompiledLanguage } from '../language.ts';
import { planC } from './plan-c.ts';

/** C and C++. */
export const C: CompiledLanguage<CProject> = {
  plan: planC,
  complete: (project) => Promise.resolve(project),
  places: () => ({ reads: [], writes: [], env: {} }),
};
