import { join } from 'node:path';
import type { Rung } from '../../core/choices.ts';
import { writeImage, type WrittenImage } from '../../places/index.ts';
import type { RootProof } from '../../proof/index.ts';
import { workDirectory } from '../candidates/work-directory.ts';
import type { ImagePlan } from '../plan/image-plan.ts';
import type { BuildRequest } from '../request/build-request.ts';
import type { CandidateControl } from './candidate-control.ts';
import type { ProvenImage } from './proven-image.ts';
import type { Staging } from './staging.ts';
import { timed } from './timed.ts';

/** The one effect of a plan: its image is written, read back and run. Errors: those of the parts; nothing is published. */
export async function writeAndProve(
  request: BuildRequest,
  plan: ImagePlan,
  staging: Staging,
  control: CandidateControl,
): Promise<ProvenImage> {
  const { value: written, elapsedMs: assembleMs } = await timed(() => write(request, plan, staging));
  request.onEvent({ kind: 'rung-built', rung: plan.rung, ...written.size });
  const { value: proven, elapsedMs: proveMs } = await timed(() =>
    proveOrSkip(request, plan, written, control),
  );
  return { written, ...proven, assembleMs, proveMs };
}

function write(request: BuildRequest, plan: ImagePlan, staging: Staging): Promise<WrittenImage> {
  return writeImage({
    layers: [...plan.below, { kind: 'entries', entries: plan.entries }],
    platform: plan.platform,
    config: plan.config,
    annotations: plan.annotations,
    compression: request.compression.method,
    compressionLevel: request.compression.level ?? undefined,
    mtimeSeconds: request.sourceDateEpoch,
    blocksFile: blocksFile(request, plan.rung),
    output: { kind: request.stagedAs, path: staging.path(plan.rung), references: request.references },
    // No events: `written` is told of what is published, not of what lies in the staging folder.
    signal: request.signal,
  });
}

/** A program of a project is built again after an edit; one that is ready is not. */
function blocksFile(request: BuildRequest, rung: Rung): string | undefined {
  const { project } = request;
  return project.kind === 'binary' ? undefined : join(workDirectory(request, project, rung), 'layer-blocks');
}

/** The sandbox and the reader of images are loaded only when something is to be run. */
async function proveOrSkip(
  request: BuildRequest,
  plan: ImagePlan,
  written: WrittenImage,
  control: CandidateControl,
): Promise<RootProof> {
  if (request.prove === 'skip') return { proof: NOT_ASKED_FOR, examined: [] };
  const { proveRung } = await import('./prove-rung.ts');
  return proveRung(request, plan, written, control);
}

const NOT_ASKED_FOR: RootProof['proof'] = {
  status: 'skipped',
  strength: 'none',
  control: { source: null, reason: null },
  sandbox: null,
  isolation: [],
  checks: [],
  findings: [],
  reason: '--no-prove was given',
};
