import type { Command } from '../../src/core/command.ts';
import type { CompilePlan, PlannedFile, PlanOutcome } from '../../src/toolchain/index.ts';

/** A plan as text that can be reviewed line by line: one argument a line, every file with its content. */
export function formatOutcome(outcome: PlanOutcome): string {
  if (outcome.kind === 'unavailable') return `unavailable: ${outcome.reason}\nhint: ${outcome.hint}\n`;
  return `${formatPlan(outcome.plan).join('\n')}\n`;
}

function formatPlan(plan: CompilePlan): readonly string[] {
  const { artifact } = plan;
  return [
    `rung: ${plan.rung}`,
    `toolchain: ${plan.toolchain}`,
    `experimental: ${plan.experimental}`,
    ...plan.files.flatMap(formatFile),
    ...[...plan.prepare, ...plan.commands].flatMap(formatStep),
    `artifact: ${artifact.kind === 'file' ? artifact.path : `${artifact.directory} (${artifact.name})`}`,
    ...artifact.others.map((other) => `artifact: ${other}`),
    ...plan.finish.map((step) =>
      step.kind === 'strip' ? `finish: ${[step.program, ...step.args].join(' ')}` : `finish: ${step.kind}`,
    ),
    ...plan.trades.map((trade) => `trade: ${trade}`),
    ...plan.notes.map((note) => `note: ${note}`),
    ...(plan.fallback === null ? [] : ['', '--- fallback', ...formatPlan(plan.fallback)]),
  ];
}

function formatFile({ path, content }: PlannedFile): readonly string[] {
  if (content.kind === 'symlink') return [`link: ${path} -> ${content.target}`];
  const lines = content.text.trimEnd().split('\n');
  return [`file: ${path} ${content.mode.toString(8)}`, ...lines.map((line) => `    | ${line}`.trimEnd())];
}

function formatStep(command: Command): readonly string[] {
  const env = Object.entries(command.env ?? {}).map(([name, value]) =>
    value === undefined ? `    unset ${name}` : `    ${name}=${value.replaceAll('\x1f', ' <US> ')}`,
  );
  return [
    `command: ${command.purpose}`,
    `    in ${command.cwd}`,
    ...env,
    `    ${command.program}`,
    ...command.args.map((argument) => `      ${argument}`),
  ];
}
