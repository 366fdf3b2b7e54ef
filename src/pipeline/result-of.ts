import { withoutRepetition } from '../core/finding.ts';
import { formatPlatform } from '../oci/index.ts';
import type { PlatformResult } from './build-result.ts';
import type { Climb } from './climb-ladder.ts';
import { imageFiles, imagePrograms } from './plan/planned-image.ts';
import { summaryOfProof } from './summary-of-proof.ts';

/** What a build for one platform has come to. */
export function resultOf({ winner, rejected }: Climb, evidence: PlatformResult['evidence']): PlatformResult {
  const { build: built, plan, written, proof } = winner;
  const [first] = built.programs;
  return {
    digest: written.manifestDigest,
    platform: formatPlatform(plan.platform),
    rung: built.rung,
    link: first.facts.link,
    libc: first.facts.libc,
    programs: imagePrograms(plan.programs),
    libraries: built.libraries,
    toolchain: first.toolchain,
    size: written.size,
    rejected,
    files: imageFiles(plan.entries),
    evidence,
    proof: summaryOfProof(proof),
    trades: [...built.trades, ...winner.trades],
    findings: withoutRepetition([...built.findings, ...plan.findings, ...proof.findings]),
    timings: winner.timings,
  };
}
