import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { type Format, formatOption, parseInteger } from './options.ts';
import { printDocument } from '../text/documents.ts';
import { printResult } from '../text/print.ts';

export function addCacheCommand(program: Command, context: CommandContext): Command {
  const cache = program
    .command('cache')
    .summary('what morsel keeps between builds, and how large it is')
    .description(
      'morsel keeps objects of each project and rung, and what all projects share (a Rust standard library that was built for\n' +
        'musl), in $XDG_CACHE_HOME/morsel or ~/.cache/morsel. All of it can be made again.',
    );
  cache
    .command('ls')
    .summary('what is kept, the largest first')
    .addOption(formatOption())
    .action((flags: { readonly format: Format }) => list(flags.format, context));
  cache
    .command('prune')
    .summary('remove what was not used for some time; a build at work keeps its own')
    .option('--older-than <days>', 'not used for so many days (default: 30)', parseInteger)
    .option('--all', 'all of it, whenever it was used')
    .addOption(formatOption())
    .action((flags: PruneFlags) => prune(flags, context));
  return cache;
}

interface PruneFlags {
  readonly olderThan?: number;
  readonly all?: boolean;
  readonly format: Format;
}

async function list(format: Format, { signal }: CommandContext): Promise<void> {
  const { listCache } = await import('../../index.ts');
  const listing = await listCache({ signal });
  if (format === 'json') return printDocument('cache', listing);
  const { formatCacheListing } = await import('../text/cache-report.ts');
  printResult(formatCacheListing(listing));
}

async function prune(flags: PruneFlags, { signal }: CommandContext): Promise<void> {
  const { pruneCache } = await import('../../index.ts');
  const olderThanDays = flags.all === true ? 0 : flags.olderThan;
  const pruned = await pruneCache({ olderThanDays, signal });
  if (flags.format === 'json') return printDocument('cache-prune', pruned);
  const { formatPrunedCache } = await import('../text/cache-report.ts');
  printResult(formatPrunedCache(pruned));
}
