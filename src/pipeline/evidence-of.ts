import { withoutRepetition } from '../core/finding.ts';
import { VERSION } from '../core/version.ts';
import type { Evidence } from '../evidence/index.ts';
import { formatPlatform } from '../oci/index.ts';
import type { Climb } from './climb-ladder.ts';
import { summaryOfProof } from './summary-of-proof.ts';
import { foundNeeds, imageFiles, imagePrograms } from './plan/planned-image.ts';

/** What the winner's image is made of, what lost, and what was proven. */
export function evidenceOf({ winner, rejected }: Climb): Evidence {
  const { build, plan, written, proof } = winner;
  const { rung, trades } = build;
  const [{ facts, toolchain }] = build.programs;
  return {
    evidenceVersion: 1,
    morsel: VERSION,
    image: {
      digest: written.manifestDigest,
      references: written.references,
      platform: formatPlatform(plan.platform),
    },
    program: {
      path: plan.programs[0].path,
      rung,
      link: facts.link,
      libc: facts.libc,
      toolchain,
      trades: [...trades, ...winner.trades],
    },
    programs: imagePrograms(plan.programs),
    ...(build.libraries.length === 0 ? {} : { libraries: build.libraries }),
    files: imageFiles(plan.entries),
    needs: foundNeeds(plan.needs),
    rejected,
    findings: withoutRepetition([...build.findings, ...plan.findings, ...proof.findings]),
    proof: { ...summaryOfProof(proof), isolation: proof.isolation },
  };
}
