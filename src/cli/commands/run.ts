import { type Command, Option } from 'commander';
import { NETWORKS, type Network, type SandboxName } from '../../core/choices.ts';
import { MorselError } from '../../core/errors.ts';
import type { ExplainOptions } from '../../index.ts';
import { EXIT } from '../../core/exit-codes.ts';
import type { CommandContext } from './command-context.ts';
import { reportFailure } from '../text/failure.ts';
import {
  collect,
  collectPair,
  IMAGE_SYNTAX,
  OF_AN_INDEX,
  parseWords,
  platformOption,
  sandboxOption,
} from './options.ts';

import { evidenceAndFixes } from '../text/explain-report.ts';
import { passSignals } from './passed-signals.ts';
import { printNote } from '../text/print.ts';
import { joinLines, text } from '../text/text.ts';

interface RunFlags {
  readonly volume?: readonly string[];
  readonly workdir?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly entrypoint?: readonly string[];
  readonly network: Network;
  readonly readOnly?: boolean;
  readonly platform?: string;
  readonly sandbox?: SandboxName;
  readonly quiet?: boolean;
  readonly publish?: string;
}

export function addRunCommand(program: Command, context: CommandContext): Command {
  return program
    .command('run')
    .summary('run an image without a daemon')
    .description(
      'Runs an image in a sandbox, with this terminal as its input and output. The exit code is the program’s own;\n' +
        '125, 126 and 127 mean what they mean for `docker run`: morsel failed, not executable, not found.',
    )
    .argument('<image>', 'archive or OCI layout, with :NAME where it holds several images')
    .argument('[args...]', 'arguments of the program, after --')
    .option('-v, --volume <SRC:DST[:ro]>', 'bind a file or folder, repeatable', collect)
    .option('-w, --workdir <dir>', 'working directory')
    .option('-e, --env <KEY=VALUE>', 'environment, repeatable', collectPair)
    .option('-u, --user <uid[:gid]>', 'numeric user')
    .option('--entrypoint <words>', 'another entrypoint', parseWords)
    .option('--read-only', 'read-only root')
    .addOption(new Option('--network <kind>', 'none: loopback only').choices(NETWORKS).default('none'))
    .addOption(platformOption(OF_AN_INDEX))
    .addOption(sandboxOption('run it'))
    .option('-i, --interactive', 'accepted for those who are used to it; input is always connected')
    .option(
      '-t, --tty',
      'accepted too: where input and output are a terminal, the program has one of its own',
    )
    .option('-p, --publish <HOST:CONT>', 'refused: a program’s ports are reached with --network host')
    .option('--rm', 'accepted for those who are used to it; nothing is ever kept')
    .passThroughOptions(false)
    .addHelpText('after', IMAGE_SYNTAX)
    .action((image: string, args: readonly string[], flags: RunFlags) =>
      runImageCommand(image, args, flags, context).catch((error: unknown) => failAsDockerRun(error, context)),
    );
}

/** Docker's port forwarding needs a daemon's rights; what the machine's own network gives is close to it. */
function refusePublish(value: string): never {
  const [host, container] = value
    .replace(/\/\w+$/, '')
    .split(':')
    .slice(-2);
  const moved = container !== undefined && host !== container;
  throw new MorselError('UNSUPPORTED', `-p ${value}: morsel run forwards no ports`, {
    hint: moved
      ? `let the program listen on ${host} itself, and run it with --network host`
      : 'run it with --network host: the program then listens on this machine’s own ports',
  });
}

async function runImageCommand(
  image: string,
  args: readonly string[],
  flags: RunFlags,
  context: CommandContext,
): Promise<void> {
  if (flags.publish !== undefined) refusePublish(flags.publish);
  const { runImage } = await import('../../index.ts');
  const result = await runImage({
    onStarted: (kill) => {
      context.takeSignal = passSignals(kill);
    },
    path: image,
    args,
    mounts: flags.volume,
    workdir: flags.workdir,
    env: flags.env,
    user: flags.user,
    entrypoint: flags.entrypoint,
    network: flags.network,
    platform: flags.platform,
    readOnlyRoot: flags.readOnly === true,
    sandbox: flags.sandbox,
    signal: context.signal,
    onEvent: (event) => {
      if (event.kind === 'finding') printNote(text`morsel: ${event.message}`);
    },
  });
  context.exitCode = result.exitCode;
  if (result.failure === null) return;
  printNote(text`morsel: ${result.failure}`);
  const { platform } = flags;
  await explainFailure({ target: image, platform, command: result.argv, signal: context.signal });
}

/** What `explain` knows of a program that did not start: of the image's own files, and no more than that. */
async function explainFailure(of: ExplainOptions): Promise<void> {
  const { explain } = await import('../../index.ts');
  const { causes, certainty } = await explain(of);
  const [cause] = causes;
  if (certainty !== 'decided' || cause === undefined) return;
  printNote(joinLines([text`morsel: ${cause.title}`, ...evidenceAndFixes(cause)]));
}

/** docker run: 125 is a failure of the engine itself, whatever the program would have answered. */
export const ENGINE_FAILURE = 125;

function failAsDockerRun(error: unknown, context: CommandContext): void {
  const code = reportFailure(error, context.format);
  context.exitCode = code === EXIT.interrupted || code === EXIT.bug ? code : ENGINE_FAILURE;
}
