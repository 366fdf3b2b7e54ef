import type { ProofSummary } from '../evidence/index.ts';
import type { Proof } from '../proof/index.ts';

/** A proof as answers and evidence tell it. */
export function summaryOfProof(proof: Proof): ProofSummary {
  const { status, strength, control, sandbox, reason } = proof;
  const checks = proof.checks.map((check) => ({
    name: check.name,
    status: check.status,
    strength: check.strength,
    detail: check.detail,
  }));
  return { status, strength, control, sandbox, checks, reason };
}
