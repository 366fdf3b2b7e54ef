import { PROOF_STRENGTHS, type ProofStrength } from '../core/choices.ts';
import { MorselError } from '../core/errors.ts';
import type { LayerEntry } from '../rootfs/index.ts';
import type { MadeImage } from './perform/attempt.ts';
import type { BuildRequest } from './request/build-request.ts';

/** Whether an image may be published: what the user has set as limits. Errors: SIZE_EXCEEDED, PROOF_FAILED. */
export function enforce(request: BuildRequest, winner: MadeImage): void {
  enforceLimits(request, winner);
  enforceProof(request, winner);
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
