import { type Command, CommanderError } from 'commander';
import { asksForFields, createProgram, splitWords } from '../../src/cli/start/program.ts';

/** Command lines of morsel, as texts name them: whether the program takes them. */

/** Nothing is run by it: each command only parses, `cache prune` too, which would empty this user's cache. */
function parser(): Command {
  const program = createProgram({ signal: new AbortController().signal, exitCode: 0, format: undefined });
  withoutAction(program.commands);
  return program;
}

function withoutAction(commands: readonly Command[]): void {
  for (const command of commands) {
    command.action(() => {}).configureOutput({ writeOut: () => {} });
    withoutAction(command.commands);
  }
}

/** By the name of a command. */
export const OPTIONS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['help', new Set()],
  ...parser().commands.map((command): [string, ReadonlySet<string>] => [
    command.name(),
    new Set([
      '-h',
      '--help',
      ...[command, ...command.commands].flatMap(({ options }) =>
        options.flatMap(({ short, long }) => [short ?? [], long ?? []].flat()),
      ),
    ]),
  ]),
]);

const OPTION = /(?<![\w-])(?:--[a-z][a-z-]*|-[a-zA-Z])(?![\w-])/g;

/** `morsel build --no-prove .`, up to what ends it. What stands behind `--` is the program's. */
export const COMMAND_LINE = /(?<![\w.-])morsel ([a-z]+)((?: (?!-- )[^\s`;,)]+)*)/g;

/** What a check gives to the program is the program's. */
const CHECKED = /(?<=--check )(?:"[^"]*"|'[^']*')/g;

/** For texts in which arguments may be left out or be words of ours: of the options alone. */
export function commandProblems(text: string): readonly string[] {
  return [...text.replaceAll(CHECKED, '').matchAll(COMMAND_LINE)].flatMap(([, command = '', rest = '']) => {
    const known = OPTIONS.get(command);
    const unknown = known === undefined ? [] : optionsIn(rest).filter((option) => !known.has(option));
    return unknown.map((option) => `no option of ${command}: ${option}`);
  });
}

/** After these words options are theirs, to the end of the clause. */
const FOREIGN_COMMAND =
  /(?<![\w./-])(?:apk|apt-file|apt-get|bzip2|cargo|chmod|chroot|COPY|docker|find|gdb|getcap|git|GIT_\w+=\S*|grep|head|kubectl|ld\.so|ln|ls|musl-gcc|nm|od|openssl|patchelf|pip|podman|readelf|rustup|sed|setfattr|setpriv|skopeo|ss|strace|strip|tar|ulimit|upx|xxd|xz|zstd|\S+\.AppImage|\.\/PROGRAM|NODE_OPTIONS=)(?: ?[^;,:`)]*)/g;
/** Of compilers and linkers: `-Wl,-z,max-page-size=65536`, `-tags netgo`, `-march=native`. */
const BUILD_FLAG = /(?<![\w-])-(?:Wl,[^\s;`)]*|(?:tags|static|static-pie|buildmode|march|buildvcs)\b(?:=[\w-]+| [a-z]+)?)/g;

/** What is left of a text when the commands of others, and flags of compilers, are taken out. */
export function withoutForeign(text: string): string {
  return text.replaceAll(BUILD_FLAG, '').replaceAll(FOREIGN_COMMAND, '');
}

export function optionsIn(text: string): readonly string[] {
  return text.match(OPTION) ?? [];
}

/** For lines that a shell is to run: what the program's own parser says of the line; null: it takes it. */
export async function parseProblem(line: string): Promise<string | null> {
  // In `$(…)` and `<(…)` the command ends with the parenthesis.
  const [, rest] = /[$<]\(morsel ([^)]*)\)/.exec(line) ?? /(?<![\w./-])morsel (.*)/.exec(line) ?? [];
  if (rest === undefined || asksForFields(wordsOf(rest))) return null;
  try {
    await parser().parseAsync([...splitWords(wordsOf(rest)).own], { from: 'user' });
    return null;
  } catch (error) {
    // `--help` is an answer, and so is the help of a topic.
    if (error instanceof CommanderError && error.message === '(outputHelp)' && rest.startsWith('help ')) return null;
    if (error instanceof CommanderError && error.exitCode === 0) return null;
    return `morsel ${rest}: ${(error as Error).message}`;
  }
}

/** Of one command, up to where the shell goes on with something else. */
function wordsOf(command: string): readonly string[] {
  const words = [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) => {
    return { word: double ?? single ?? bare ?? '', isOperator: /^(?:\d?>.*|[|&]{1,2}|#)$/.test(bare ?? '') };
  });
  const end = words.findIndex(({ isOperator }) => isOperator);
  return (end < 0 ? words : words.slice(0, end)).map(({ word }) => word);
}

/**
 * Of the command lines of morsel that a text quotes: wholly, by the program's own parser, since arguments and values count
 * too. One that is only named, as in "`morsel inspect` shows it", has no arguments to look at.
 */
export async function quotedProblems(text: string): Promise<readonly string[]> {
  const lines = [...text.matchAll(/`(morsel [a-z][^`]*)`/g)].map(([, line = '']) => line);
  const problems = await Promise.all(lines.filter((line) => line.split(' ').length > 2).map(parseProblem));
  return problems.filter((problem) => problem !== null);
}
