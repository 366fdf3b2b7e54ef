import { allCommands, type CommandModel, type OptionModel, spellings } from './command-model.ts';

/**
 * For bash: a function that knows which command the line has, and offers its options, the values of an option that has
 * a list of them, and commands; where it offers nothing, bash completes files.
 */
export function bashCompletion(program: CommandModel): string {
  const commands = allCommands(program);
  const paths = [{ path: [], command: program }, ...commands];
  return `# bash completion for morsel: source <(morsel completion bash)
_morsel() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD - 1]}" path="" word i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    [[ $word == -- ]] && return
    case "$path/$word" in
${commands.map(({ path }) => `      /${path.join('/')}) path="/${path.join('/')}" ;;`).join('\n')}
    esac
  done
  case "$path $prev" in
${paths.flatMap(({ path, command }) => command.options.filter(({ takesValue }) => takesValue).map((option) => valueCase(path, option))).join('\n')}
  esac
  case "$path $cur" in
${paths.map(({ path, command }) => `    "${place(path)} "-*) COMPREPLY=($(compgen -W "${command.options.flatMap(spellings).join(' ')}" -- "$cur")) ;;`).join('\n')}
${paths
  .filter(({ command }) => command.commands.length > 0)
  .map(
    ({ path, command }) =>
      `    "${place(path)} "*) COMPREPLY=($(compgen -W "${command.commands.map(({ name }) => name).join(' ')}" -- "$cur")) ;;`,
  )
  .join('\n')}
  esac
}
complete -o default -o bashdefault -F _morsel morsel
`;
}

const place = (path: readonly string[]): string => path.map((name) => `/${name}`).join('');

/** Without a list the value may be a file: bash's own completion. */
function valueCase(path: readonly string[], option: OptionModel): string {
  const patterns = spellings(option).map((word) => `"${place(path)} ${word}"`);
  const offer =
    option.choices === null ? '' : `COMPREPLY=($(compgen -W "${option.choices.join(' ')}" -- "$cur")); `;
  return `    ${patterns.join(' | ')}) ${offer}return ;;`;
}
