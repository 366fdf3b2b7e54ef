import { MorselError } from '../../core/errors.ts';
import { DOCTOR_HINT } from '../../core/hints.ts';
import { type WrittenImage, withImage } from '../../places/index.ts';
import { type Proof, proveImage } from '../../proof/index.ts';
import type { Rung } from '../../core/choices.ts';
import type { BuildRequest } from '../request/build-request.ts';

/** Proves an image as it lies on the disk. Error: SANDBOX_MISSING where a proof is required and none can be had. */
export async function proveRung(request: BuildRequest, rung: Rung, written: WrittenImage): Promise<Proof> {
  const { signal, onEvent, output } = request;
  const location = { kind: output.kind, path: written.path };
  const proof = await withImage(location, { signal }, (image) => {
    const { checks, sandbox } = request;
    return proveImage({ image, rung, checks, sandbox: sandbox ?? undefined, signal, onEvent });
  });
  if (proof.status !== 'skipped' || request.prove !== 'require') return proof;
  throw new MorselError(
    'SANDBOX_MISSING',
    `the image cannot be proven: ${proof.reason ?? 'no sandbox works here'}`,
    { hint: DOCTOR_HINT },
  );
}
