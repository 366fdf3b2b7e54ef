import { type Command, Option } from 'commander';
import { type EngineName, ENGINES } from '../../core/choices.ts';
import { printDocument } from '../text/documents.ts';
import { printNote, printResult } from '../text/print.ts';
import { text } from '../text/text.ts';
import type { CommandContext } from './command-context.ts';
import { type Format, formatOption, insecureOption, platformOption, IMAGE_SYNTAX } from './options.ts';

interface LoadFlags {
  readonly engine?: EngineName;
  readonly platform?: string;
  readonly insecure?: boolean;
  readonly format: Format;
  readonly quiet?: boolean;
}

export function addLoadCommand(program: Command, context: CommandContext): Command {
  return program
    .command('load')
    .summary('an image into docker or podman')
    .description(
      'Loads an image into an engine, of an index the one that it can run, and prints its id there: what `docker run`\n' +
        'takes. Names of the image are its names there.',
    )
    .argument('<image>', 'a registry’s, an archive’s or a layout’s; - for an archive by stdin')
    .addOption(
      new Option('--engine <name>', 'only this one (default: docker where it answers, else podman)').choices(
        ENGINES,
      ),
    )
    .addOption(platformOption('of an index, the image for this platform (default: the engine’s)'))
    .addOption(insecureOption())
    .addOption(formatOption())
    .option('-q, --quiet', 'only the result and errors')
    .addHelpText('after', IMAGE_SYNTAX)
    .action((image: string, flags: LoadFlags) => runLoad(image, flags, context));
}

async function runLoad(
  image: string,
  { engine, platform, insecure, format, quiet }: LoadFlags,
  { signal }: CommandContext,
): Promise<void> {
  const { loadIntoEngine, parsePlatform } = await import('../../index.ts');
  const wanted = platform === undefined ? undefined : await parsePlatform(platform);
  const loaded = await loadIntoEngine(image, {
    engine,
    platform: wanted,
    isOfSeveral: true,
    insecure,
    signal,
  });
  if (quiet !== true && format === 'text' && loaded.output !== '')
    printNote(text`${loaded.engine}: ${loaded.output}`);
  if (format === 'json') return printDocument('load', loaded);
  printResult(text`${loaded.id ?? loaded.output}`);
}
