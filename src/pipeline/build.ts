import { keepInput } from '../core/output-place.ts';
import { type BesidePlaces, debugTwinOf } from './beside-image.ts';
import type { BuildOptions } from './request/build-options.ts';
import type { BuildRequest } from './request/build-request.ts';
import type { BuildResult } from './build-result.ts';
import { climbLadder } from './climb-ladder.ts';
import { enforce } from './enforce.ts';
import { encodeEvidence } from '../evidence/index.ts';
import { sha256Digest } from '../oci/index.ts';
import { evidenceOf } from './evidence-of.ts';
import { placeDebugTwin, placeEvidence, placeOutput, publishOutput } from './perform/output.ts';
import { requestOf } from './request/request-of.ts';
import { resultOf } from './result-of.ts';
import { createStaging, type Staging } from './perform/staging.ts';
import type { WrittenImage } from '../places/index.ts';

/**
 * Builds the smallest image of a program that is proven to run: walks the ladder from the bottom, and publishes the
 * first rung whose image, as written, passes its checks; for several platforms, one index of such images. Errors:
 * NO_PROJECT and others of detection; COMPILE_FAILED, NO_RUNG, PROOF_FAILED when the ladder ends; SIZE_EXCEEDED;
 * PROOF_FAILED and SANDBOX_MISSING with `requireProof`; SANDBOX_MISSING for one that was asked for by name; INTERRUPTED.
 * On any of them nothing is written.
 */
export async function build(options: BuildOptions = {}): Promise<BuildResult> {
  const asked = await requestOf(options);
  const request = { ...asked, output: placeOutput(asked.output, options.output !== undefined) };
  const twinPlace = request.debugTwin === null ? null : placeDebugTwin(request.output);
  const evidencePlaces = placeEvidence(request);
  for (const place of [request.output.path, ...evidencePlaces, twinPlace?.path ?? []].flat())
    keepInput(place, options.path ?? '.');
  await requireNamedSandbox(request);
  const places = { evidence: evidencePlaces, twin: twinPlace };
  const staging = createStaging(request.output.path);
  try {
    if (request.platforms.length === 1) return await buildOne(request, places, staging);
    const { buildPlatforms } = await import('./build-platforms.ts');
    return await buildPlatforms(request, places, staging);
  } finally {
    staging.remove();
  }
}

async function buildOne(
  request: BuildRequest,
  { evidence: evidencePlaces, twin: twinPlace }: BesidePlaces,
  staging: Staging,
): Promise<BuildResult> {
  const evidencePlace = evidencePlaces[0] ?? null;
  const climb = await climbLadder(request, staging);
  enforce(request, climb.winner);
  const { written } = climb.winner;
  const evidence = request.evidence ? encodeEvidence(evidenceOf(climb)) : null;
  const twin = await debugTwinOf(request, climb.winner, staging);
  await publishOutput(request, staging, written, evidence);
  if (twin !== null && twinPlace !== null)
    await publishOutput({ ...request, output: twinPlace }, staging, twin, null);
  const { path } = request.output;
  request.onEvent({ kind: 'written', path, sizeBytes: written.size.compressedBytes });
  const kept = evidence === null ? null : { digest: sha256Digest(evidence), path: evidencePlace };
  const made = resultOf(climb, kept);
  return {
    reference: `${request.name}@${written.manifestDigest}`,
    references: written.references,
    ...made,
    image: request.output,
    loaded: null,
    pushed: [],
    debugTwin: debugTwinResult(twin, twinPlace),
    platforms: [made],
  };
}

/**
 * A sandbox that was asked for by its name is not done without: said before a compile that may take minutes. Error:
 * SANDBOX_MISSING.
 */
async function requireNamedSandbox({ prove, sandbox, signal }: BuildRequest): Promise<void> {
  if (sandbox === null || prove === 'skip') return;
  const { chooseSandbox } = await import('../sandbox/index.ts');
  await chooseSandbox({ prefer: sandbox, signal });
}

function debugTwinResult(
  twin: WrittenImage | null,
  place: BuildRequest['output'] | null,
): BuildResult['debugTwin'] {
  if (twin === null || place === null) return null;
  const { manifestDigest: digest, references, size } = twin;
  return { path: place.path, references, digest, size };
}
