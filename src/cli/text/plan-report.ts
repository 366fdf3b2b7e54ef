import { formatCommand } from '../../core/command.ts';
import type { PlannedImage, RungPlan } from '../../index.ts';
import { fileLines, findingLines, noteLines } from './image-lines.ts';
import { firm, joinLines, type Text, text } from './text.ts';

/** `--plan` as text: each rung's toolchain and the commands, ready to paste; of a ready executable, its image. */
export function formatPlan(plans: readonly RungPlan[]): Text {
  const hasSeveral = new Set(plans.map(({ platform }) => platform)).size > 1;
  return joinLines(
    plans.flatMap((plan, index) => [
      ...(index === 0 ? [] : ['']),
      ...(hasSeveral && plan.platform !== plans[index - 1]?.platform ? [text`${plan.platform}:`] : []),
      ...rungLines(plan),
    ]),
  );
}

function rungLines({ rung, outcome, image }: RungPlan): readonly Text[] {
  if (outcome.kind === 'unavailable') {
    const reason = text`${rung}: unavailable: ${outcome.reason}`;
    return [reason, text`  hint: ${outcome.hint}`];
  }
  if (outcome.kind === 'ready') {
    const headline = text`${rung}: nothing to compile: ${outcome.path} is an executable already`;
    return [headline, ...(image === null ? [] : imageLines(image))];
  }
  const { plan } = outcome;
  const lines = [text`${rung}: ${plan.toolchain}`];
  if (plan.experimental !== null) lines.push(text`  experimental: ${plan.experimental}`);
  if (plan.copySources !== null) lines.push(text`  copy ${plan.copySources.from} to ${plan.copySources.to}`);
  for (const { path } of plan.files) lines.push(text`  write ${path}`);
  for (const command of [...plan.prepare, ...plan.commands])
    lines.push(text`  ${firm(formatCommand(command))}`);
  for (const trade of plan.trades) lines.push(text`  trade: ${trade}`);
  for (const note of plan.notes) lines.push(text`  note: ${note}`);
  if (plan.fallback !== null) lines.push(text`  if that does not compile: ${plan.fallback.toolchain}`);
  return lines;
}

function imageLines({ placement, platform, files, config, needs, findings }: PlannedImage): readonly Text[] {
  const settings = Object.entries(config).map(([name, value]) => [text`${name} ${JSON.stringify(value)}`]);
  const wanted = needs.map(({ need, level, evidence }) => [text`${need}, ${level}: ${evidence}`]);
  return [
    text`  on ${placement}, for ${platform}`,
    ...fileLines(files),
    ...noteLines('configuration', settings),
    ...noteLines('wants at run time', wanted),
    ...findingLines(findings),
  ];
}
