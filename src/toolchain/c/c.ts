import type { CProject } from '../../project/project.ts';
import type { CompiledLanguage } from '../language.ts';
import { completeCProject } from './complete-c-project.ts';
import { planC } from './plan-c.ts';

/** C and C++. */
export const C: CompiledLanguage<CProject> = {
  plan: planC,
  complete: completeCProject,
  places: ({ sources = [] }) => ({ reads: sources.map(({ path }) => path), writes: [], env: {} }),
};
