import { performance } from 'node:perf_hooks';
import type { SourceProject } from '../../project/index.ts';
import type { Tools } from '../../toolchain/index.ts';
import type { Rung } from '../../core/choices.ts';
import type { BuildRequest } from '../request/build-request.ts';
import type { RungBuild } from './candidate.ts';
import { compileRung } from './compile-rung.ts';

/** Compiles for a rung and reads what came out. Errors: TOOLCHAIN_MISSING, COMPILE_FAILED. */
export async function buildRung(
  request: BuildRequest,
  project: SourceProject,
  rung: Rung,
  tools: Tools,
): Promise<RungBuild> {
  const started = performance.now();
  const compiled = await compileRung(request, project, rung, tools);
  return { rung, ...compiled, compileMs: performance.now() - started };
}
