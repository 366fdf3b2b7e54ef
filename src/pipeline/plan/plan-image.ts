import type { FileTree } from '../../rootfs/index.ts';
import type { Placement, RungProgram } from '../candidates/candidate.ts';
import type { BuildRequest } from '../request/build-request.ts';
import type { ImagePlan } from './image-plan.ts';
import { planAnnotations, planConfig, platformOf } from './plan-config.ts';
import { planRoot } from './plan-root.ts';
import { readMaterial } from './read-material.ts';

/**
 * Decides on the image of one program: all its files, each with its reason, and its configuration. Reads the program
 * and `tree`, out of which files are taken; writes and starts nothing. Errors: WONT_RUN when a library is not in the
 * tree; NOT_FOUND of a time zone or an added path; LIMIT_EXCEEDED; UNREADABLE; UNSUPPORTED.
 */
export async function planImage(
  request: BuildRequest,
  program: RungProgram,
  placement: Placement,
  tree: FileTree,
): Promise<ImagePlan> {
  const material = await readMaterial(request, program, placement, tree);
  const { entries, env, programPath, libraryFiles, needs, lacking, findings } = planRoot(
    request,
    material,
    placement,
  );
  return {
    rung: program.rung,
    placement: placementName(placement),
    platform: platformOf(program.facts),
    programPath,
    libraryFiles,
    below: placement.kind === 'base' ? placement.base.layers : [],
    entries,
    config: planConfig(request.run, programPath, env),
    annotations: planAnnotations(request),
    needs,
    lacking,
    findings,
  };
}

function placementName(placement: Placement): string {
  return placement.kind === 'base' ? placement.base.name : placement.kind;
}
