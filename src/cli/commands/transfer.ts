import type { Command } from 'commander';
import type { CopiedImage } from '../../index.ts';
import type { CommandContext } from './command-context.ts';
import { printDocument } from '../text/documents.ts';
import { printNote, printResult } from '../text/print.ts';
import { text } from '../text/text.ts';
import { type Format, formatOption, insecureOption, platformOption, IMAGE_SYNTAX } from './options.ts';

interface TransferFlags {
  readonly platform?: string;
  readonly referrers?: boolean;
  readonly insecure?: boolean;
  readonly format: Format;
  readonly quiet?: boolean;
}

interface PullFlags extends TransferFlags {
  readonly output?: string;
  readonly allPlatforms?: boolean;
}

const DESTINATIONS = `
A destination is written as a source is; what is not there yet says by its form what it is to be:
  docker://NAME, ghcr.io/me/x:1 a registry      FILE.tar[:NAME]  an archive
  DIR/, oci:DIR[:NAME]          a layout        docker-daemon:NAME, podman:NAME  an engine`;

export function addCopyCommand(program: Command, context: CommandContext): Command {
  return withTransferOptions(
    program
      .command('copy')
      .summary('an image from one place to another, with the same digest')
      .description(
        'Copies an image, or an index with all its platforms, byte for byte: registry, OCI layout, archive, docker, podman.\n' +
          'What the destination has already is not sent. Prints one line: the destination with its digest.',
      )
      .argument('<source>', 'where the image is')
      .argument('<destination>', 'where it goes'),
    'only this platform of an index (default: all)',
  )
    .option('--referrers', 'take along what refers to it: evidence, signatures, SBOMs')
    .addHelpText('after', `${IMAGE_SYNTAX}\n${DESTINATIONS}`)
    .action((source: string, destination: string, flags: TransferFlags) =>
      runTransfers([[source, destination]], flags, context),
    );
}

export function addPushCommand(program: Command, context: CommandContext): Command {
  return withTransferOptions(
    program
      .command('push')
      .summary('an image to a registry')
      .description(
        'Sends an image under each NAME; without one, under the names that it has where it is, which must name a registry.\n' +
          'Prints a line for each: the name with its digest.',
      )
      .argument('<image>', 'archive, OCI layout or engine: hello.tar, oci:DIR:NAME, docker-daemon:NAME')
      .argument('[names...]', 'REGISTRY/NAME:TAG'),
    'only this platform of an index (default: all)',
  )
    .option('--referrers', 'take along what refers to it: evidence, signatures, SBOMs')
    .addHelpText('after', IMAGE_SYNTAX)
    .action((image: string, names: readonly string[], flags: TransferFlags) =>
      runPush(image, names, flags, context),
    );
}

export function addPullCommand(program: Command, context: CommandContext): Command {
  return withTransferOptions(
    program
      .command('pull')
      .summary('an image of a registry into an archive or a layout')
      .description(
        'Fetches an image for this machine’s platform. Prints one line: where it is, with its digest.',
      )
      .argument('<name>', 'REGISTRY/NAME:TAG, or a name of Docker Hub'),
    'this platform (default: this machine’s)',
  )
    .option('-o, --output <path>', 'FILE.tar, DIR/ or another destination of copy (default: NAME.tar)')
    .option('--all-platforms', 'the whole index')
    .option('--referrers', 'take along what refers to it: evidence, signatures, SBOMs')
    .action((name: string, flags: PullFlags) => runPull(name, flags, context));
}

function withTransferOptions(command: Command, platform: string): Command {
  return command
    .addOption(platformOption(platform))
    .addOption(insecureOption())
    .addOption(formatOption())
    .option('-q, --quiet', 'only the result and errors');
}

async function runPush(
  image: string,
  names: readonly string[],
  flags: TransferFlags,
  context: CommandContext,
): Promise<void> {
  const { pushTargets } = await import('../../index.ts');
  const targets = await pushTargets(image, names, context.signal);
  await runTransfers(
    targets.map((target) => [image, target] as const),
    flags,
    context,
  );
}

async function runPull(name: string, flags: PullFlags, context: CommandContext): Promise<void> {
  const { pullSource } = await import('../../index.ts');
  const { source, archive, platform } = await pullSource(name);
  const wanted = flags.platform ?? (flags.allPlatforms === true ? undefined : platform);
  await runTransfers(
    [[source, flags.output ?? archive]],
    { ...flags, ...(wanted !== undefined && { platform: wanted }) },
    context,
  );
}

async function runTransfers(
  pairs: readonly (readonly [string, string])[],
  { platform, referrers, insecure, format, quiet }: TransferFlags,
  { signal }: CommandContext,
): Promise<void> {
  const { copy, parsePlatform } = await import('../../index.ts');
  const wanted = platform === undefined ? undefined : await parsePlatform(platform);
  const copied: CopiedImage[] = [];
  for (const [from, to] of pairs) {
    // Stdin can be read once: what it brought is then where it was copied to first.
    const source = from === '-' && copied[0] !== undefined ? copied[0].destination : from;
    const one = await copy(source, to, { platform: wanted, referrers, insecure, signal });
    copied.push(one);
    if (quiet !== true && one.referrers > 0)
      printNote(text`${one.referrers} documents that refer to it went along`);
    if (format === 'text') printResult(text`${one.destination}@${one.digest}`);
  }
  const [only, ...others] = copied;
  if (format === 'json' && only !== undefined) printDocument('copy', others.length === 0 ? only : copied);
}
