import { directoryTree, type FileTree } from '../../rootfs/index.ts';
import type { Placement, RungBuild } from '../candidates/candidate.ts';
import type { BuildRequest } from '../request/build-request.ts';
import { platformOfImage } from '../candidates/asked-platform.ts';
import { companionEntries, companionFindings, companionsOf } from './plan-companions.ts';
import type { ImagePlan } from './image-plan.ts';
import { planAnnotations, planConfig } from './plan-config.ts';
import { planRoot } from './plan-root.ts';
import { readMaterial } from './read-material.ts';

/**
 * Decides on the image of a build: all its files, each with its reason, and its configuration. Reads the programs
 * and `tree`, out of which files are taken; writes and starts nothing. Errors: WONT_RUN when a library is not in the
 * tree; NOT_FOUND of a time zone or an added path; LIMIT_EXCEEDED; UNREADABLE; UNSUPPORTED.
 */
export async function planImage(
  request: BuildRequest,
  { rung, programs, libraries }: RungBuild,
  placement: Placement,
  tree: FileTree,
): Promise<ImagePlan> {
  const material = await readMaterial(request, programs, placement, tree);
  const { env, ...root } = planRoot(request, material, placement);
  const platform = platformOfImage(request, programs[0].facts);
  const companions = await companionsOf(request, platform.architecture);
  return {
    rung,
    placement: placementName(placement),
    platform,
    ...root,
    entries: [...root.entries, ...companionEntries(companions, root.entries, directoryTree('/'))],
    companions,
    findings: [...root.findings, ...companionFindings(request.run)],
    below: placement.kind === 'base' ? placement.base.layers : [],
    config: planConfig(
      request.run,
      root.programs[0].path,
      env,
      Object.fromEntries(companions.map(({ name, path }) => [name, path])),
    ),
    annotations: planAnnotations(request, libraries),
  };
}

function placementName(placement: Placement): string {
  return placement.kind === 'base' ? placement.base.name : placement.kind;
}
