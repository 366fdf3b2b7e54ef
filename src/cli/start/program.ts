import { Command, CommanderError } from 'commander';
import { MorselError } from '../../core/errors.ts';
import { EXIT } from '../../core/exit-codes.ts';
import { addCacheCommand } from '../commands/cache.ts';
import { addCompletionCommand } from '../commands/completion.ts';
import { addBuildCommand } from '../commands/build.ts';
import { addCompareCommand } from '../commands/compare.ts';
import { addDoctorCommand } from '../commands/doctor.ts';
import { addExplainCommand } from '../commands/explain.ts';
import { addInspectCommand } from '../commands/inspect.ts';
import { addLddCommand } from '../commands/ldd.ts';
import { addLoginCommand, addLogoutCommand } from '../commands/login.ts';
import { addCatCommand } from '../commands/cat.ts';
import { addLoadCommand } from '../commands/load.ts';
import { addConfigCommand, addDigestCommand, addManifestCommand } from '../commands/read-document.ts';
import { addLsCommand, addRmCommand, addTagCommand } from '../commands/registry.ts';
import { addApplyCommand, addResolveCommand } from '../commands/resolve.ts';
import { addCopyCommand, addPullCommand, addPushCommand } from '../commands/transfer.ts';
import { addProveCommand } from '../commands/prove.ts';
import { addRunCommand, ENGINE_FAILURE } from '../commands/run.ts';
import { type CommandContext, makeContext } from '../commands/command-context.ts';
import { COMMAND_NAMES, type CommandName, isCommandName } from './command-names.ts';
import { reportFailure } from '../text/failure.ts';
import { writeOutput } from '../text/standard-streams.ts';
import { pageColumns } from '../text/terminal.ts';
import { joinLines } from '../text/text.ts';
import { VERSION } from '../../core/version.ts';

/** Parses argv (without node and script), runs the command, and answers the exit code. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  if (asksForFields(argv)) return printFields();
  const { own, words } = splitWords(argv);
  const { context, finish } = makeContext(formatOf(argv), words);
  try {
    await createProgram(context, own[0]).parseAsync([...own], { from: 'user' });
    return context.exitCode;
  } catch (error) {
    return error instanceof CommanderError
      ? reportUsage(error, argv, context.format)
      : reportFailure(error, context.format);
  } finally {
    finish();
  }
}

/** Where nobody looks on; help is a page, whoever reads it. */
const HELP_COLUMNS = 80;

/** `morsel help morsel.json`, which is no command. */
export function asksForFields([command, topic, ...more]: readonly string[]): boolean {
  return command === 'help' && topic === 'morsel.json' && more.length === 0;
}

/** Errors about a morsel.json lead here: the pages of docs/ are not where users look. */
async function printFields(): Promise<number> {
  const { configurationFields } = await import('../../index.ts');
  const { formatFields } = await import('../text/fields-report.ts');
  const page = joinLines([formatFields(await configurationFields()), '']);
  writeOutput(1, page, pageColumns(1) ?? HELP_COLUMNS);
  return EXIT.done;
}

/** Commands that compile. */
const BUILDING: readonly (string | undefined)[] = ['build', 'compare'] satisfies readonly CommandName[];

/**
 * What stands after `--` belongs to what compiles the project, and is no further path: commander would make both one list.
 * For the other commands it keeps its meaning.
 */
export function splitWords(argv: readonly string[]): {
  readonly own: readonly string[];
  readonly words: readonly string[];
} {
  const end = BUILDING.includes(argv[0]) ? argv.indexOf('--') : -1;
  return end < 0 ? { own: argv, words: [] } : { own: argv.slice(0, end), words: argv.slice(end + 1) };
}

/** Help and version, which commander has printed, are no errors; docker run fails with 125 on its own flags too. */
function reportUsage(
  { code, exitCode, message }: CommanderError,
  argv: readonly string[],
  format: string | undefined,
): number {
  if (exitCode === 0) return EXIT.done;
  // `morsel` alone: the help, on stderr, is the answer.
  if (code === 'commander.help') return EXIT.usage;
  const command = argv.find((word) => !word.startsWith('-'));
  const hint = code === 'commander.unknownCommand' ? 'morsel --help' : `morsel ${command ?? ''} --help`;
  // Commander puts its suggestion on a line of its own, and a message of morsel is one line.
  const problem = message.replace(/^error: /, '').replace(/\n(?=\(Did you mean [^\n]*\)$)/, ' ');
  const failure = reportFailure(new MorselError('USAGE', problem, { hint: `see \`${hint}\`` }), format);
  return command === 'run' ? ENGINE_FAILURE : failure;
}

const COMMANDS: Readonly<Record<CommandName, (program: Command, context: CommandContext) => Command>> = {
  build: addBuildCommand,
  compare: addCompareCommand,
  ldd: addLddCommand,
  inspect: addInspectCommand,
  explain: addExplainCommand,
  run: addRunCommand,
  prove: addProveCommand,
  push: addPushCommand,
  pull: addPullCommand,
  copy: addCopyCommand,
  load: addLoadCommand,
  resolve: addResolveCommand,
  apply: addApplyCommand,
  ls: addLsCommand,
  tag: addTagCommand,
  rm: addRmCommand,
  digest: addDigestCommand,
  manifest: addManifestCommand,
  config: addConfigCommand,
  cat: addCatCommand,
  login: addLoginCommand,
  logout: addLogoutCommand,
  doctor: addDoctorCommand,
  cache: addCacheCommand,
  completion: (program, context) => addCompletionCommand(program, () => createProgram(context)),
};

/**
 * All commands, without running anything: the CLI reference is generated from this. When the first word names one, only
 * that one is made, since making the options of all of them takes longer than `ldd` does.
 */
export function createProgram(context: CommandContext, asked?: string): Command {
  const names = isCommandName(asked) ? [asked] : COMMAND_NAMES;
  const program = new Command('morsel')
    .description('Turns a program into the smallest container image that is proven to run.')
    // After a command's name everything is the command's: --check --version has a value like any other.
    .enablePositionalOptions()
    .version(VERSION, '-V, --version')
    .helpCommand('help [command]', 'show the help of a command, or the fields of morsel.json')
    // Errors of usage are printed like all others, by `reportFailure`.
    .configureOutput({
      writeOut: (help) => writeOutput(1, joinLines(help.split('\n')), pageColumns(1)),
      writeErr: (help) => writeOutput(2, joinLines(help.split('\n')), pageColumns(2)),
      getOutHelpWidth: () => pageColumns(1) ?? HELP_COLUMNS,
      getErrHelpWidth: () => pageColumns(2) ?? HELP_COLUMNS,
      outputError: () => {},
    })
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false, minWidthToWrap: 20 })
    .exitOverride();
  for (const name of names) COMMANDS[name](program, context).exitOverride();
  program.addHelpText(
    'after',
    '\nExit codes: 0 done, 1 the answer is no, 2 usage, 3 no build, 4 network, 5 this machine, 70 a bug.',
  );
  return program;
}

/** Errors of parsing come before the options are known, and scripts want them in JSON as well. */
function formatOf(argv: readonly string[]): string | undefined {
  // What follows `--` belongs to the program that `run` starts.
  const end = argv.indexOf('--');
  const own = end < 0 ? argv : argv.slice(0, end);
  const index = own.indexOf('--format');
  return index >= 0
    ? own[index + 1]
    : own.find((word) => word.startsWith('--format='))?.slice('--format='.length);
}
