import type { Command } from 'commander';
import { EXIT } from '../../core/exit-codes.ts';
import type { CommandContext } from './command-context.ts';
import { formatDiagnosis } from '../text/doctor-report.ts';
import { type Format, formatOption } from './options.ts';
import { printReport } from '../text/print.ts';
import { printDocument } from '../text/documents.ts';

export function addDoctorCommand(program: Command, context: CommandContext): Command {
  return program
    .command('doctor')
    .summary('what this machine has, what it lacks, and how to get it')
    .description(
      'Finds toolchains, really tries each sandbox, and prints the install command for what is missing.',
    )
    .addOption(formatOption())
    .action((flags: { readonly format: Format }) => runDoctor(flags.format, context));
}

async function runDoctor(format: Format, context: CommandContext): Promise<void> {
  const { diagnose } = await import('../../index.ts');
  const report = await diagnose({ signal: context.signal });
  if (!report.ready) context.exitCode = EXIT.machine;
  if (format === 'json') return printDocument('doctor', report);
  printReport(formatDiagnosis(report));
}
