import type { Command } from 'commander';
import { EXIT } from '../../core/exit-codes.ts';
import type { CommandContext } from '../command-context.ts';
import { formatOption } from '../options.ts';
import { formatTable } from '../table.ts';
import { printResult } from '../terminal.ts';

export function addDoctorCommand(program: Command, context: CommandContext): Command {
  return program
    .command('doctor')
    .summary('what this machine has, what it lacks, and how to get it')
    .description(
      'Finds toolchains, really tries each sandbox, and prints the install command for what is missing.',
    )
    .addOption(formatOption('text', 'json'))
    .action((flags: { readonly format: 'text' | 'json' }) => runDoctor(flags.format, context));
}

async function runDoctor(format: 'text' | 'json', context: CommandContext): Promise<void> {
  const { diagnose } = await import('../../index.ts');
  const report = await diagnose({ signal: context.signal });
  if (!report.ready) context.exitCode = EXIT.machine;
  if (format === 'json') return printResult(JSON.stringify(report, null, 2));
  const tools = report.tools.map(({ tool, purpose, path, version, install }) =>
    path === null
      ? ['-', tool, purpose, install === null ? '' : `get it: ${install}`]
      : ['ok', tool, version ?? '', path],
  );
  const sandboxes = report.sandboxes.map(({ sandbox, usable, isolation, reason, install }) =>
    usable
      ? ['ok', sandbox, isolation.join(', ')]
      : ['-', sandbox, install === null ? (reason ?? '') : `${reason ?? 'absent'}; get it: ${install}`],
  );
  const columns = [{ title: '' }, { title: '' }, { title: '' }, { title: '' }];
  printResult(
    `toolchains\n${formatTable(columns, tools, '  ')}\n\nsandboxes (each was tried)\n${formatTable(columns.slice(1), sandboxes, '  ')}`,
  );
}
