import { formatCommand } from '../core/command.ts';
import type { RungPlan } from '../index.ts';

/** `--plan` as text: each rung's toolchain and the commands, ready to paste. */
export function formatPlan(plans: readonly RungPlan[]): string {
  if (plans.length === 0) return 'nothing to compile: the program is an executable already';
  return plans.map(formatRung).join('\n\n');
}

function formatRung({ rung, outcome }: RungPlan): string {
  if (outcome.kind === 'unavailable') {
    const hint = outcome.hint === null ? '' : `\n  hint: ${outcome.hint}`;
    return `${rung}: unavailable: ${outcome.reason}${hint}`;
  }
  const { plan } = outcome;
  const lines = [`${rung}: ${plan.toolchain}`];
  if (plan.experimental !== null) lines.push(`  experimental: ${plan.experimental}`);
  if (plan.copySources !== null) lines.push(`  copy ${plan.copySources.from} to ${plan.copySources.to}`);
  for (const { path } of plan.files) lines.push(`  write ${path}`);
  for (const command of plan.commands) lines.push(`  ${formatCommand(command)}`);
  for (const trade of plan.trades) lines.push(`  trade: ${trade}`);
  if (plan.fallback !== null) lines.push(`  if that does not compile: ${plan.fallback.toolchain}`);
  return lines.join('\n');
}
