import type { Command } from 'commander';
import { createProgram } from '../../src/cli/start/program.ts';

/** Command lines of morsel, as texts name them: whether the program takes them. */

/** Nothing is run by it: each command only parses. */
function parser(): Command {
  const program = createProgram({ signal: new AbortController().signal, exitCode: 0, format: undefined });
  for (const command of program.commands) command.action(() => {});
  return program;
}

/** By the name of a command. */
export const OPTIONS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  parser().commands.map((command) => [
    command.name(),
    new Set(['-h', '--help', ...command.options.flatMap(({ short, long }) => [short ?? [], long ?? []].flat())]),
  ]),
);

const OPTION = /(?<![\w-])(?:--[a-z][a-z-]*|-[a-zA-Z])(?![\w-])/g;

/** `morsel build --no-prove .`, up to what ends it. What stands behind `--` is the program's. */
export const COMMAND_LINE = /(?<![\w.-])morsel ([a-z]+)((?: (?!-- )[^\s`;,)]+)*)/g;

/** For texts in which arguments may be left out or be words of ours: of the options alone. */
export function commandProblems(text: string): readonly string[] {
  return [...text.matchAll(COMMAND_LINE)].flatMap(([, command = '', rest = '']) => {
    const known = OPTIONS.get(command);
    const unknown = known === undefined ? [] : optionsIn(rest).filter((option) => !known.has(option));
    return unknown.map((option) => `no option of ${command}: ${option}`);
  });
}

export function optionsIn(text: string): readonly string[] {
  return text.match(OPTION) ?? [];
}

/** For lines that a shell is to run: what the program's own parser says of the line; null: it takes it. */
export async function parseProblem(line: string): Promise<string | null> {
  const [, rest] = /(?<![\w./-])morsel (.*)/.exec(line) ?? [];
  if (rest === undefined) return null;
  try {
    await parser().parseAsync([...wordsOf(rest)], { from: 'user' });
    return null;
  } catch (error) {
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
