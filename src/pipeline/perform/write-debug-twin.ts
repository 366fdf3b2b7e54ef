import { DEFAULT_PATH } from '../../oci/index.ts';
import type { RuntimeConfig } from '../../oci/config.ts';
import { writeImage, type WrittenImage } from '../../places/index.ts';
import type { ImagePlan } from '../plan/image-plan.ts';
import { BUSYBOX_DIRECTORY, planDebugTools } from '../plan/plan-debug-tools.ts';
import type { BuildRequest } from '../request/build-request.ts';
import { type DebugTwinRequest, debugTwinReferences } from '../request/debug-twin.ts';
import type { Staging } from './staging.ts';

// In a file of its own, so that a build without a twin does not load it.

/**
 * Writes the twin of an image into the staging folder: its layers byte for byte, and one more. Errors: those of
 * `planDebugTools` and of writing.
 */
export async function writeDebugTwin(
  request: BuildRequest,
  twin: DebugTwinRequest,
  { plan, written }: { readonly plan: ImagePlan; readonly written: WrittenImage },
  staging: Staging,
): Promise<WrittenImage> {
  const tools = await planDebugTools(request, plan, twin);
  const made = await writeImage({
    layers: [...plan.below, { kind: 'entries', entries: plan.entries }, { kind: 'entries', entries: tools }],
    platform: plan.platform,
    config: withTools(plan.config),
    annotations: plan.annotations,
    compression: request.compression.method,
    compressionLevel: request.compression.level ?? undefined,
    mtimeSeconds: request.sourceDateEpoch,
    output: {
      kind: request.stagedAs,
      path: staging.path('debug-twin'),
      references: debugTwinReferences(request.references, request.output),
    },
    signal: request.signal,
  });
  const isTwin = written.layers.every(
    ({ descriptor: { digest } }, index) => made.layers[index]?.descriptor.digest === digest,
  );
  if (!isTwin) throw new Error('the layers of a debug twin are not those of its image');
  return made;
}

/** What is started stays; a shell finds the tools behind all that the image has. */
function withTools(config: RuntimeConfig): RuntimeConfig {
  const env = config.Env ?? [];
  const path = env.find((word) => word.startsWith('PATH=')) ?? `PATH=${DEFAULT_PATH}`;
  return {
    ...config,
    Env: [`${path}:${BUSYBOX_DIRECTORY}`, ...env.filter((word) => !word.startsWith('PATH='))],
  };
}
