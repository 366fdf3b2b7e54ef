import { allCommands, type CommandModel, type OptionModel } from './command-model.ts';

/** For fish: one line for each command and each option. */
export function fishCompletion(program: CommandModel): string {
  const names = program.commands.map(({ name }) => name);
  const lines = [
    ...program.commands.map(({ name, summary }) =>
      line([`-n ${quote('__fish_use_subcommand')}`, '-f', `-a ${name}`, `-d ${quote(summary)}`]),
    ),
    ...program.options.map((option) =>
      line([`-n ${quote('__fish_use_subcommand')}`, ...optionWords(option)]),
    ),
    ...allCommands(program).flatMap(({ path, command }) => {
      const given = `-n ${quote(path.map((name) => `__fish_seen_subcommand_from ${name}`).join('; and '))}`;
      const inner = command.commands.map(({ name }) => name);
      const without = `-n ${quote(`__fish_seen_subcommand_from ${path.join(' ')}; and not __fish_seen_subcommand_from ${inner.join(' ')}`)}`;
      return [
        ...command.commands.map(({ name, summary }) =>
          line([without, '-f', `-a ${name}`, `-d ${quote(summary)}`]),
        ),
        ...command.options.map((option) => line([given, ...optionWords(option)])),
      ];
    }),
  ];
  return `# fish completion for morsel: morsel completion fish | source
# commands: ${names.join(' ')}
${lines.join('\n')}
`;
}

const line = (words: readonly string[]): string => `complete -c morsel ${words.join(' ')}`;

function optionWords({ short, long, description, takesValue, choices }: OptionModel): readonly string[] {
  const value = choices === null ? (takesValue ? ['-r'] : []) : ['-x', `-a ${quote(choices.join(' '))}`];
  return [
    ...(short === null ? [] : [`-s ${short.slice(1)}`]),
    `-l ${long.slice(2)}`,
    ...value,
    `-d ${quote(description)}`,
  ];
}

const quote = (text: string): string => `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
