import { formatCommand } from '../../core/command.ts';
import type { RungPlan } from '../../index.ts';
import { joinLines, type Text, text } from './text.ts';

/** `--plan` as text: each rung's toolchain and the commands, ready to paste. */
export function formatPlan(plans: readonly RungPlan[]): Text {
  if (plans.length === 0) return text`nothing to compile: the program is an executable already`;
  return joinLines(plans.flatMap((plan, index) => [...(index === 0 ? [] : ['']), ...rungLines(plan)]));
}

function rungLines({ rung, outcome }: RungPlan): readonly Text[] {
  if (outcome.kind === 'unavailable') {
    const reason = text`${rung}: unavailable: ${outcome.reason}`;
    return [reason, text`  hint: ${outcome.hint}`];
  }
  const { plan } = outcome;
  const lines = [text`${rung}: ${plan.toolchain}`];
  if (plan.experimental !== null) lines.push(text`  experimental: ${plan.experimental}`);
  if (plan.copySources !== null) lines.push(text`  copy ${plan.copySources.from} to ${plan.copySources.to}`);
  for (const { path } of plan.files) lines.push(text`  write ${path}`);
  for (const command of plan.commands) lines.push(text`  ${formatCommand(command)}`);
  for (const trade of plan.trades) lines.push(text`  trade: ${trade}`);
  if (plan.fallback !== null) lines.push(text`  if that does not compile: ${plan.fallback.toolchain}`);
  return lines;
}
