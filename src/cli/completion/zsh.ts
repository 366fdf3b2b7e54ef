import type { CommandModel, OptionModel } from './command-model.ts';

/** For zsh: one function a command, which `_arguments` reads. */
export function zshCompletion(program: CommandModel): string {
  return `#compdef morsel
# zsh completion for morsel: source <(morsel completion zsh), or a file _morsel in a folder of $fpath
${functionOf(program, [])}
if [ "$funcstack[1]" = "_morsel" ]; then
  _morsel "$@"
else
  compdef _morsel morsel
fi
`;
}

function functionOf(command: CommandModel, path: readonly string[]): string {
  const own = [...path, command.name];
  const inner = command.commands.map((one) => functionOf(one, own)).join('\n');
  const specs = command.options.flatMap(optionSpecs).map((spec) => `    ${spec} \\\n`);
  const body =
    command.commands.length === 0
      ? `  _arguments -S \\\n${specs.join('')}    '*:file:_files'`
      : `  local context state state_descr line
  typeset -A opt_args
  _arguments -C \\
${specs.join('')}    '1:command:->command' \\
    '*::argument:->argument'
  case $state in
    command)
      local -a commands
      commands=(
${command.commands.map(({ name, summary }) => `        ${quote(`${name}:${summary}`)}`).join('\n')}
      )
      _describe command commands ;;
    argument)
      case $line[1] in
${command.commands.map(({ name }) => `        ${name}) ${functionName([...own, name])} ;;`).join('\n')}
      esac ;;
  esac`;
  return `${inner}${inner === '' ? '' : '\n'}${functionName(own)}() {\n${body}\n}`;
}

const functionName = (path: readonly string[]): string => `_${path.join('_')}`;

/** `*`: an option may be given again, and none excludes another. */
function optionSpecs({ short, long, description, takesValue, choices }: OptionModel): readonly string[] {
  const said = `[${description.replaceAll(/[[\]\\:]/g, '\\$&')}]`;
  const value = choices === null ? ':value:_files' : `:value:(${choices.join(' ')})`;
  const words = [...(short === null ? [] : [`*${short}`]), takesValue ? `*${long}=` : `*${long}`];
  return words.map((word) => quote(`${word}${said}${takesValue ? value : ''}`));
}

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
