import { withoutRepetition } from '../core/finding.ts';
import { VERSION } from '../core/version.ts';
import type { Evidence } from '../evidence/index.ts';
import { formatPlatform } from '../oci/index.ts';
import type { Climb } from './climb-ladder.ts';
import { summaryOfProof } from './summary-of-proof.ts';
import { foundNeeds, imageFiles } from './plan/planned-image.ts';

/** What the winner's image is made of, what lost, and what was proven. */
export function evidenceOf({ winner, rejected }: Climb): Evidence {
  const { program, plan, written, proof } = winner;
  const { rung, facts, toolchain, trades } = program;
  return {
    evidenceVersion: 1,
    morsel: VERSION,
    image: {
      digest: written.manifestDigest,
      references: written.references,
      platform: formatPlatform(plan.platform),
    },
    program: {
      path: plan.programPath,
      rung,
      link: facts.link,
      libc: facts.libc,
      toolchain,
      trades: [...trades, ...winner.trades],
    },
    files: imageFiles(plan.entries),
    needs: foundNeeds(plan.needs),
    rejected,
    findings: withoutRepetition([...plan.findings, ...proof.findings]),
    proof: { ...summaryOfProof(proof), isolation: proof.isolation },
  };
}
