import type { Command } from 'commander';

/** What a shell can complete of one command. */
export interface CommandModel {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionModel[];
  readonly commands: readonly CommandModel[];
}

export interface OptionModel {
  /** `-o`; null: it has none. */
  readonly short: string | null;
  /** `--output`. */
  readonly long: string;
  readonly description: string;
  readonly takesValue: boolean;
  /** All that a value may be; null: anything, such as a file. */
  readonly choices: readonly string[] | null;
}

/** As the command line has it: nothing is written down a second time. */
export function commandModel(command: Command): CommandModel {
  return {
    name: command.name(),
    summary: command.summary(),
    options: command.options.flatMap((option) =>
      option.hidden || option.long === undefined || option.long === null
        ? []
        : [
            {
              short: option.short ?? null,
              long: option.long,
              description: option.description,
              takesValue: option.required || option.optional,
              choices: option.argChoices ?? null,
            },
          ],
    ),
    commands: command.commands.map(commandModel),
  };
}

/** Each command below a program, with the words that lead to it. */
export function allCommands(
  { commands }: CommandModel,
  path: readonly string[] = [],
): readonly { readonly path: readonly string[]; readonly command: CommandModel }[] {
  return commands.flatMap((command) => {
    const own = [...path, command.name];
    return [{ path: own, command }, ...allCommands(command, own)];
  });
}

/** `-o` and `--output`. */
export function spellings({ short, long }: OptionModel): readonly string[] {
  return short === null ? [long] : [short, long];
}
