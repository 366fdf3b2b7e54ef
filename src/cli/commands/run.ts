import { type Command, Option } from 'commander';
import { NETWORKS, type Network, type SandboxName } from '../../core/choices.ts';
import { EXIT } from '../../core/exit-codes.ts';
import type { CommandContext } from './command-context.ts';
import { reportFailure } from '../text/failure.ts';
import { collect, collectPair, parseWords, sandboxOption } from './options.ts';
import { printNote } from '../text/print.ts';
import { text } from '../text/text.ts';

interface RunFlags {
  readonly volume?: readonly string[];
  readonly workdir?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly entrypoint?: readonly string[];
  readonly network: Network;
  readonly readOnly?: boolean;
  readonly sandbox?: SandboxName;
  readonly quiet?: boolean;
}

export function addRunCommand(program: Command, context: CommandContext): Command {
  return program
    .command('run')
    .summary('run an image without a daemon')
    .description(
      'Runs an image in a sandbox, with this terminal as its input and output. The exit code is the program’s own;\n' +
        '125, 126 and 127 mean what they mean for `docker run`: morsel failed, not executable, not found.',
    )
    .argument('<image>', 'archive or OCI layout')
    .argument('[args...]', 'arguments of the program, after --')
    .option('-v, --volume <SRC:DST[:ro]>', 'bind a file or folder, repeatable', collect)
    .option('-w, --workdir <dir>', 'working directory')
    .option('-e, --env <KEY=VALUE>', 'environment, repeatable', collectPair)
    .option('-u, --user <uid[:gid]>', 'numeric user')
    .option('--entrypoint <words>', 'another entrypoint', parseWords)
    .option('--read-only', 'read-only root')
    .addOption(new Option('--network <kind>', 'none: loopback only').choices(NETWORKS).default('none'))
    .addOption(sandboxOption('run it'))
    .option('-i, --interactive', 'accepted for those who are used to it; input is always connected')
    .option('--rm', 'accepted for those who are used to it; nothing is ever kept')
    .passThroughOptions(false)
    .action((image: string, args: readonly string[], flags: RunFlags) =>
      runImageCommand(image, args, flags, context).catch((error: unknown) => failAsDockerRun(error, context)),
    );
}

async function runImageCommand(
  image: string,
  args: readonly string[],
  flags: RunFlags,
  context: CommandContext,
): Promise<void> {
  const { runImage } = await import('../../index.ts');
  const result = await runImage({
    onStarted: (kill) => {
      context.takeSignal = kill;
    },
    path: image,
    args,
    mounts: flags.volume,
    workdir: flags.workdir,
    env: flags.env,
    user: flags.user,
    entrypoint: flags.entrypoint,
    network: flags.network,
    readOnlyRoot: flags.readOnly === true,
    sandbox: flags.sandbox,
    signal: context.signal,
    onEvent: (event) => {
      if (event.kind === 'finding') printNote(text`morsel: ${event.message}`);
    },
  });
  if (result.failure !== null) printNote(text`morsel: ${result.failure}`);
  context.exitCode = result.exitCode;
}

/** docker run: 125 is a failure of the engine itself, whatever the program would have answered. */
export const ENGINE_FAILURE = 125;

function failAsDockerRun(error: unknown, context: CommandContext): void {
  const code = reportFailure(error, context.format);
  context.exitCode = code === EXIT.interrupted || code === EXIT.bug ? code : ENGINE_FAILURE;
}
