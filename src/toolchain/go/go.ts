import { goConfigFolder, goModuleCache, type GoProject } from '../../project/index.ts';
import type { CompiledLanguage } from '../language.ts';
import { completeGoProject } from './complete-go-project.ts';
import { planGo } from './plan-go.ts';

export const GO: CompiledLanguage<GoProject> = {
  plan: planGo,
  complete: completeGoProject,
  places: (_, env) => ({ reads: [goModuleCache(env), goConfigFolder(env)], writes: [], env: {} }),
};
