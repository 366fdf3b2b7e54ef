import { type Command } from 'commander';
import type { SizeProfile } from '../../core/choices.ts';
import type { CommandContext } from './command-context.ts';
import { formatComparison, formatReasons } from '../text/comparison-report.ts';
import {
  collect,
  type Format,
  formatOption,
  sizeOption,
  sandboxBuildOption,
  timeoutOption,
  IMAGE_SYNTAX,
} from './options.ts';

import { typedWords } from './typed-checks.ts';
import { printNote, printReport, printResult } from '../text/print.ts';
import { printDocument } from '../text/documents.ts';

interface CompareFlags {
  readonly bin?: readonly string[];
  readonly base?: readonly string[];
  readonly size?: SizeProfile;
  readonly toolchainExperimental?: boolean;
  readonly perf?: string;
  readonly timeout?: number;
  readonly sandboxBuild?: boolean;
  readonly format: Format | 'markdown';
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

export function addCompareCommand(program: Command, context: CommandContext): Command {
  return program
    .command('compare')
    .summary('the same program over base x libc x linkage, measured and run')
    .description(
      'Builds the program in every way that this machine can, measures each image, and runs each one.\n' +
        'A row that cannot be made says `unavailable` and why.',
    )
    .usage('[options] [path] [-- words]')
    .argument('[path]', 'project directory, C or C++ file, or executable', '.')
    .option('--bin <name>', 'which program of a project; repeated: all of these, in one image', collect)
    .option(
      '--base <path>',
      'also put it on this base: root directory, OCI layout or archive (:NAME); repeatable',
      collect,
    )
    .option(
      '--perf <arguments>',
      "measure this job in each image that runs: time (median of 5) and peak memory; '' is none",
    )
    .addOption(sizeOption())
    .option('--toolchain-experimental', 'allow unstable toolchain features')
    .addOption(timeoutOption())
    .addOption(sandboxBuildOption())
    .addOption(formatOption('markdown'))
    .option('-q, --quiet', 'no progress')
    .option('-v, --verbose', 'show every command and its output')
    .addHelpText('after', IMAGE_SYNTAX)
    .action((path: string, flags: CompareFlags) => runCompare(path, flags, context));
}

async function runCompare(path: string, flags: CompareFlags, context: CommandContext): Promise<void> {
  const { compare } = await import('../../index.ts');
  const { createProgress } = await import('../text/progress.ts');
  const progress = createProgress(flags);
  const comparison = await compare({
    path,
    binary: flags.bin,
    words: context.words,
    bases: flags.base,
    perf: await typedWords('--perf', flags.perf),
    size: flags.size,
    experimental: flags.toolchainExperimental,
    timeoutSeconds: flags.timeout,
    sandboxBuild: flags.sandboxBuild,
    signal: context.signal,
    onEvent: progress.onEvent,
  }).finally(progress.stop);
  if (flags.format === 'json') return printDocument('compare', comparison);
  (flags.format === 'markdown' ? printResult : printReport)(formatComparison(comparison, flags.format));
  const reasons = flags.format === 'text' && flags.quiet !== true ? formatReasons(comparison) : null;
  if (reasons !== null) printNote(reasons);
}
