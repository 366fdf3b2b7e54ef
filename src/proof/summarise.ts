import { PROOF_STRENGTHS } from '../core/choices.ts';
import type { Sandbox } from '../sandbox/index.ts';
import type { Examined } from './examine.ts';
import type { CheckResult, Proof, ProofControl } from './proof.ts';

/** All checks as one answer: as bad as the worst, as strong as the weakest. */
export function summarise(
  examined: readonly Examined[],
  sandbox: Sandbox,
  control: ProofControl,
): Omit<Proof, 'findings'> {
  const checks = examined.map(({ result }) => result);
  const runs = examined.map(({ ran }) => ran);
  const lifted = new Set(runs.flatMap((ran) => ran.lifted));
  const notes = new Set(runs.flatMap((ran) => ran.notes));
  return {
    ...answerOf(checks),
    control,
    sandbox: sandbox.name,
    isolation: [...sandbox.isolation.filter((words) => !lifted.has(words)), ...notes],
  };
}

export function answerOf(
  checks: readonly CheckResult[],
): Pick<Proof, 'status' | 'strength' | 'checks' | 'reason'> {
  const status = statusOf(checks);
  const unclear = checks.find((check) => check.status === 'unclear');
  return {
    status,
    strength: status === 'passed' ? weakest(checks) : 'none',
    checks,
    reason: status === 'unclear' ? (unclear?.detail ?? null) : null,
  };
}

function statusOf(checks: readonly CheckResult[]): Proof['status'] {
  const has = (status: CheckResult['status']): boolean => checks.some((check) => check.status === status);
  return has('failed') ? 'failed' : has('unclear') ? 'unclear' : 'passed';
}

function weakest(checks: readonly CheckResult[]): Proof['strength'] {
  return PROOF_STRENGTHS.find((strength) => checks.some((check) => check.strength === strength)) ?? 'none';
}
