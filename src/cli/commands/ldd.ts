import type { Command } from 'commander';
import { EXIT } from '../../core/exit-codes.ts';
import type { CommandContext } from './command-context.ts';
import { formatLddResults } from '../text/ldd-report.ts';
import { type Format, formatOption } from './options.ts';
import { printResult } from '../text/print.ts';
import { printDocument } from '../text/documents.ts';

interface LddFlags {
  readonly root: string;
  readonly libraryPath?: string;
  readonly tree?: boolean;
  readonly format: Format;
}

export function addLddCommand(program: Command, context: CommandContext): Command {
  return program
    .command('ldd')
    .summary('what ldd prints, without running the file; any architecture')
    .description(
      'Finds the libraries that a program would load, by the rules of its own loader. Nothing is executed.',
    )
    .argument('<file...>', 'ELF files')
    .option('--root <dir>', 'look for the files inside this root', '/')
    .option('--library-path <dirs>', 'as LD_LIBRARY_PATH')
    .option('--tree', 'who needs what, and by which rule it was found')
    .addOption(formatOption())
    .action((files: readonly string[], flags: LddFlags) => runLdd(files, flags, context));
}

async function runLdd(files: readonly string[], flags: LddFlags, context: CommandContext): Promise<void> {
  const { ldd } = await import('../../index.ts');
  const results = await ldd(files, { root: flags.root, libraryPath: flags.libraryPath });
  if (results.some(({ report }) => report.missing.length > 0)) context.exitCode = EXIT.no;
  if (flags.format === 'json') {
    const reports = results.map(({ report }) => report);
    const [only] = reports.length === 1 ? reports : [];
    return printDocument('ldd', only ?? reports);
  }
  printResult(formatLddResults(results, flags.tree === true));
}
