import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { collect, type Format, formatOption, IMAGE_SYNTAX, OF_AN_INDEX, platformOption } from './options.ts';

import { printReport } from '../text/print.ts';
import { printDocument } from '../text/documents.ts';

interface InspectFlags {
  readonly base?: readonly string[];
  readonly platform?: string;
  readonly files?: boolean;
  readonly format: Format;
}

export function addInspectCommand(program: Command, context: CommandContext): Command {
  void context;
  return program
    .command('inspect')
    .summary('linkage, libc, needs, hardening, and on which bases it will run; what an image is made of')
    .description('Reads an ELF file, a directory, an archive or an OCI layout. Nothing is executed.')
    .argument(
      '<target>',
      'file, directory, archive or layout; the last two with :NAME where they hold several images',
    )
    .option('--base <path>', 'also judge it on this root, layout or archive (:NAME); repeatable', collect)
    .addOption(platformOption(OF_AN_INDEX))
    .option('--files', 'of a directory or an image: every path with its mode, owner and size')
    .addOption(formatOption())
    .addHelpText('after', IMAGE_SYNTAX)
    .action((target: string, flags: InspectFlags) => runInspect(target, flags));
}

async function runInspect(target: string, { base, files, platform, format }: InspectFlags): Promise<void> {
  const { inspect } = await import('../../index.ts');
  const report = await inspect(target, { bases: base, files, platform });
  if (format === 'json') return printDocument('inspect', report);
  const { formatInspection } = await import('../text/inspect-report.ts');
  printReport(formatInspection(report));
}
