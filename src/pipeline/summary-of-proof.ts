import type { ProofSummary } from '../evidence/index.ts';
import { emulationIn, type Proof } from '../proof/index.ts';

/** A proof as answers and evidence tell it. */
export function summaryOfProof(proof: Proof): ProofSummary {
  const { status, strength, control, sandbox, reason } = proof;
  const checks = proof.checks.map((check) => ({
    name: check.name,
    status: check.status,
    strength: check.strength,
    detail: check.detail,
    listens: check.listens,
  }));
  return { status, strength, control, sandbox, emulation: emulationIn(proof.isolation), checks, reason };
}
