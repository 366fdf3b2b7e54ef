import type { Command } from 'commander';
import { EXIT } from '../../core/exit-codes.ts';
import type { CommandContext } from './command-context.ts';
import { formatDiagnosis } from '../text/doctor-report.ts';
import { formatOption } from './options.ts';
import { printResult } from '../text/print.ts';
import { json } from '../text/text.ts';

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
  printResult(format === 'json' ? json(report, 2) : formatDiagnosis(report));
}
