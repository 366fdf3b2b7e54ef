import { MorselError } from '../../core/errors.ts';
import { DOCTOR_HINT } from '../../core/hints.ts';
import { openImage, type WrittenImage } from '../../places/index.ts';
import { type Proof, proveImage } from '../../proof/index.ts';
import type { Rung } from '../../core/choices.ts';
import type { BuildRequest } from '../request/build-request.ts';

/** Proves an image as it lies on the disk. Error: SANDBOX_MISSING where a proof is required and none can be had. */
export async function proveRung(request: BuildRequest, rung: Rung, written: WrittenImage): Promise<Proof> {
  const image = await openImage(written.path, { signal: request.signal });
  try {
    const proof = await proveImage({
      image,
      rung,
      checks: request.checks,
      sandbox: request.sandbox ?? undefined,
      signal: request.signal,
      onEvent: request.onEvent,
    });
    if (proof.status === 'skipped' && request.prove === 'require') {
      throw new MorselError(
        'SANDBOX_MISSING',
        `the image cannot be proven: ${proof.reason ?? 'no sandbox works here'}`,
        { hint: DOCTOR_HINT },
      );
    }
    return proof;
  } finally {
    image.close();
  }
}
