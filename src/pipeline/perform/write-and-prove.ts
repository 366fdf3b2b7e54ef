import { writeImage, type WrittenImage } from '../../places/index.ts';
import type { Proof } from '../../proof/index.ts';
import type { ImagePlan } from '../plan/image-plan.ts';
import type { BuildRequest } from '../request/build-request.ts';
import type { Staging } from './staging.ts';
import { timed } from './timed.ts';

/** An image on disk, in the staging folder, with its proof. */
export interface ProvenImage {
  readonly written: WrittenImage;
  readonly proof: Proof;
  readonly assembleMs: number;
  readonly proveMs: number;
}

/** The one effect of a plan: its image is written, read back and run. Errors: those of the parts; nothing is published. */
export async function writeAndProve(
  request: BuildRequest,
  plan: ImagePlan,
  staging: Staging,
): Promise<ProvenImage> {
  const { value: written, elapsedMs: assembleMs } = await timed(() => write(request, plan, staging));
  request.onEvent({ kind: 'rung-built', rung: plan.rung, ...written.size });
  const { value: proof, elapsedMs: proveMs } = await timed(() => proveOrSkip(request, plan, written));
  return { written, proof, assembleMs, proveMs };
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
    output: { ...request.output, path: staging.path(plan.rung), references: request.references },
    // No events: `written` is told of what is published, not of what lies in the staging folder.
    signal: request.signal,
  });
}

/** The sandbox and the reader of images are loaded only when something is to be run. */
async function proveOrSkip(request: BuildRequest, plan: ImagePlan, written: WrittenImage): Promise<Proof> {
  if (request.prove === 'skip') {
    const reason = '--no-prove was given';
    return { status: 'skipped', sandbox: null, isolation: [], checks: [], findings: [], reason };
  }
  const { proveRung } = await import('./prove-rung.ts');
  return proveRung(request, plan.rung, written);
}
