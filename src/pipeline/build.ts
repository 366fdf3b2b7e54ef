import { withoutRepetition } from '../core/finding.ts';
import { MorselError } from '../core/errors.ts';
import { PROOF_STRENGTHS, type ProofStrength } from '../core/choices.ts';
import { keepInput } from '../core/output-place.ts';
import type { MadeImage } from './perform/attempt.ts';
import { imageFiles, imagePrograms } from './plan/planned-image.ts';
import type { BuildOptions } from './request/build-options.ts';
import type { BuildRequest } from './request/build-request.ts';
import type { BuildResult } from './build-result.ts';
import { type Climb, climbLadder } from './climb-ladder.ts';
import { encodeEvidence } from '../evidence/index.ts';
import { formatPlatform, sha256Digest } from '../oci/index.ts';
import { evidenceOf } from './evidence-of.ts';
import type { LayerEntry } from '../rootfs/index.ts';
import { placeDebugTwin, placeEvidence, placeOutput, publishOutput } from './perform/output.ts';
import { requestOf } from './request/request-of.ts';
import { summaryOfProof } from './summary-of-proof.ts';
import { createStaging, type Staging } from './perform/staging.ts';
import type { WrittenImage } from '../places/index.ts';

/**
 * Builds the smallest image of a program that is proven to run: walks the ladder from the bottom, and publishes the
 * first rung whose image, as written, passes its checks. Errors: NO_PROJECT and others of detection; COMPILE_FAILED,
 * NO_RUNG, PROOF_FAILED when the ladder ends; SIZE_EXCEEDED; PROOF_FAILED and SANDBOX_MISSING with `requireProof`;
 * SANDBOX_MISSING for one that was asked for by name; INTERRUPTED.
 * On any of them nothing is written.
 */
export async function build(options: BuildOptions = {}): Promise<BuildResult> {
  const asked = await requestOf(options);
  const request = { ...asked, output: placeOutput(asked.output, options.output !== undefined) };
  const evidencePlace = placeEvidence(request);
  const twinPlace = request.debugTwin === null ? null : placeDebugTwin(request.output);
  for (const place of [request.output.path, evidencePlace ?? [], twinPlace?.path ?? []].flat())
    keepInput(place, options.path ?? '.');
  await requireNamedSandbox(request);
  const staging = createStaging(request.output.path);
  try {
    const climb = await climbLadder(request, staging);
    enforceLimits(request, climb.winner);
    enforceProof(request, climb.winner);
    const { written } = climb.winner;
    const evidence = request.evidence ? encodeEvidence(evidenceOf(climb)) : null;
    const twin = await debugTwinOf(request, climb.winner, staging);
    await publishOutput(request, staging, written, evidence);
    if (twin !== null && twinPlace !== null)
      await publishOutput({ ...request, output: twinPlace }, staging, twin, null);
    const { path } = request.output;
    request.onEvent({ kind: 'written', path, sizeBytes: written.size.compressedBytes });
    const kept = evidence === null ? null : { digest: sha256Digest(evidence), path: evidencePlace };
    return resultOf(request, climb, kept, debugTwinResult(twin, twinPlace));
  } finally {
    staging.remove();
  }
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

/** Written before the image is published: without the twin that was asked for there is no image. */
async function debugTwinOf(
  request: BuildRequest,
  winner: MadeImage,
  staging: Staging,
): Promise<WrittenImage | null> {
  if (request.debugTwin === null) return null;
  const { writeDebugTwin } = await import('./perform/write-debug-twin.ts');
  return writeDebugTwin(request, request.debugTwin, winner, staging);
}

function debugTwinResult(
  twin: WrittenImage | null,
  place: BuildRequest['output'] | null,
): BuildResult['debugTwin'] {
  if (twin === null || place === null) return null;
  const { manifestDigest: digest, references, size } = twin;
  return { path: place.path, references, digest, size };
}

function enforceProof({ requireProof }: BuildRequest, { proof }: MadeImage): void {
  if (requireProof === null) return;
  const shown = PROOF_STRENGTHS.findIndex((strength) => strength === proof.strength);
  if (shown >= PROOF_STRENGTHS.indexOf(requireProof)) return;
  const what =
    proof.status === 'passed' ? `the proof is "${proof.strength}"` : `the proof is ${proof.status}`;
  throw new MorselError(
    'PROOF_FAILED',
    `${what}, and "${requireProof}" is required: ${proof.checks.map(({ detail }) => detail).join('; ')}`,
    { hint: REQUIRED_HINTS[requireProof], details: { checks: proof.checks } },
  );
}

const REQUIRED_HINTS: Readonly<Record<ProofStrength, string>> = {
  start: "give it a job that it can do: --check 'ARGUMENTS'",
  equal: "give it a job that it can do: --check 'ARGUMENTS'",
  checked: 'say in `checks` of morsel.json what is expected; `morsel help morsel.json` has their words',
};

/** How many of the largest files an error names. */
const NAMED_FILES = 3;

function enforceLimits({ limits }: BuildRequest, { written: { size }, plan }: MadeImage): void {
  const { maxImageBytes, maxFiles } = limits;
  const tooLarge = maxImageBytes !== null && size.uncompressedBytes > maxImageBytes;
  if (tooLarge || (maxFiles !== null && size.files > maxFiles)) {
    const [what, limit, name] = tooLarge
      ? [`${size.uncompressedBytes} bytes`, maxImageBytes, 'maxImageBytes']
      : [`${size.files} files`, maxFiles, 'maxFiles'];
    throw new MorselError(
      'SIZE_EXCEEDED',
      `the image has ${what}, the limit is ${limit}; its largest: ${largest(plan.entries)}`,
      { hint: `\`--size smallest\` may make it smaller; the limit is \`limits.${name}\` of morsel.json` },
    );
  }
}

/** `/app 17728 bytes, /etc/ssl/certs/ca-certificates.crt 219342 bytes`. */
function largest(entries: readonly LayerEntry[]): string {
  return entries
    .filter((entry) => entry.kind === 'file')
    .sort((a, b) => b.sizeBytes - a.sizeBytes)
    .slice(0, NAMED_FILES)
    .map(({ path, sizeBytes }) => `${path} ${sizeBytes} bytes`)
    .join(', ');
}

function resultOf(
  request: BuildRequest,
  { winner, rejected }: Climb,
  evidence: BuildResult['evidence'],
  debugTwin: BuildResult['debugTwin'],
): BuildResult {
  const { build: built, plan, written, proof } = winner;
  const [first] = built.programs;
  return {
    reference: `${request.name}@${written.manifestDigest}`,
    references: written.references,
    digest: written.manifestDigest,
    platform: formatPlatform(plan.platform),
    rung: built.rung,
    link: first.facts.link,
    libc: first.facts.libc,
    programs: imagePrograms(plan.programs),
    libraries: built.libraries,
    toolchain: first.toolchain,
    size: written.size,
    image: request.output,
    loaded: null,
    rejected,
    files: imageFiles(plan.entries),
    evidence,
    debugTwin,
    proof: summaryOfProof(proof),
    trades: [...built.trades, ...winner.trades],
    findings: withoutRepetition([...built.findings, ...plan.findings, ...proof.findings]),
    timings: winner.timings,
  };
}
