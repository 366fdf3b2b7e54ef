import { MorselError } from '../../core/errors.ts';
import { DOCTOR_HINT } from '../../core/hints.ts';
import { type WrittenImage, withImage } from '../../places/index.ts';
import { proveImage, type RootProof } from '../../proof/index.ts';
import type { ImagePlan } from '../plan/image-plan.ts';
import type { BuildRequest } from '../request/build-request.ts';
import type { CandidateControl } from './candidate-control.ts';
import { chosenSandbox } from './chosen-sandbox.ts';

/**
 * Proves an image as it lies on the disk, compared with `control`. Error: SANDBOX_MISSING where a proof is required and
 * none can be had.
 */
export async function proveRung(
  request: BuildRequest,
  { rung, programs }: Pick<ImagePlan, 'rung' | 'programs'>,
  written: WrittenImage,
  control: CandidateControl,
): Promise<RootProof> {
  const { signal, onEvent, stagedAs: kind } = request;
  const location = { kind, path: written.path };
  const proven = await withImage(location, { signal }, (image) => {
    const { checks } = request;
    return proveImage({
      image,
      rung,
      checks,
      programs: programs.map((program) => program.path),
      sandbox: chosenSandbox(request),
      control: control.runsIn,
      signal,
      onEvent,
    });
  });
  const { status, reason } = proven.proof;
  if (status !== 'skipped' || request.requireProof === null) return proven;
  throw new MorselError(
    'SANDBOX_MISSING',
    `the image cannot be proven: ${reason ?? 'no sandbox works here'}`,
    { hint: DOCTOR_HINT },
  );
}
