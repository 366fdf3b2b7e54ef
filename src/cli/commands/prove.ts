import { type Command } from 'commander';
import type { SandboxName } from '../../core/choices.ts';
import { EXIT } from '../../core/exit-codes.ts';
import type { CommandContext } from './command-context.ts';
import {
  type Format,
  formatOption,
  OF_AN_INDEX,
  platformOption,
  sandboxOption,
  IMAGE_SYNTAX,
} from './options.ts';

import { printNote, printResult } from '../text/print.ts';
import { text } from '../text/text.ts';
import { checkOption, typedChecks } from './typed-checks.ts';
import { printDocument } from '../text/documents.ts';

interface ProveFlags {
  readonly checks?: string;
  readonly check?: readonly string[];
  readonly output?: string;
  readonly platform?: string;
  readonly sandbox?: SandboxName;
  readonly format: Format;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

export function addProveCommand(program: Command, context: CommandContext): Command {
  return program
    .command('prove')
    .summary('run the checks of an image and write a receipt')
    .description(
      'Reads the image back (every digest is checked), unpacks it into an empty root, and runs its checks with nothing\n' +
        'of this machine around it. Exit code 0: proven, 1: not, 5: no sandbox works here.',
    )
    .argument('<image>', 'archive or OCI layout, with :NAME where it holds several images')
    .option('--checks <file>', 'a morsel.json with "checks" (default: it starts, and does not die)')
    .option('-o, --output <file>', 'the receipt (default: FILE.receipt.json, FILE.NAME.receipt.json)')
    .addOption(checkOption())
    .addOption(platformOption(OF_AN_INDEX))
    .addOption(sandboxOption('run it'))
    .addOption(formatOption())
    .option('-q, --quiet', 'no progress')
    .option('-v, --verbose', 'more progress')
    .addHelpText('after', IMAGE_SYNTAX)
    .action((image: string, flags: ProveFlags) => runProve(image, flags, context));
}

async function runProve(image: string, flags: ProveFlags, context: CommandContext): Promise<void> {
  const { prove, readConfigurationFile } = await import('../../index.ts');
  const { createProgress } = await import('../text/progress.ts');
  const progress = createProgress(flags);
  const configuration = flags.checks === undefined ? {} : await readConfigurationFile(flags.checks);
  const { receipt, path } = await prove({
    path: image,
    checks: [...(configuration.checks ?? []), ...(await typedChecks(flags.check))],
    platform: flags.platform,
    receiptPath: flags.output,
    sandbox: flags.sandbox,
    signal: context.signal,
    onEvent: progress.onEvent,
  }).finally(progress.stop);
  context.exitCode = { passed: EXIT.done, failed: EXIT.no, unclear: EXIT.no, skipped: EXIT.machine }[
    receipt.status
  ];
  if (flags.quiet !== true) printNote(text`${receipt.status}: receipt in ${path}`);
  if (flags.format === 'json') return printDocument('prove', receipt);
  printResult(text`${receipt.status} ${receipt.digest}`);
}
