import { Argument, type Command } from 'commander';
import { printResult } from '../text/print.ts';
import { joinLines } from '../text/text.ts';

/** Every start parses what is loaded here: the scripts are made where one is asked for. */
const SHELLS = {
  bash: async () => (await import('../completion/bash.ts')).bashCompletion,
  zsh: async () => (await import('../completion/zsh.ts')).zshCompletion,
  fish: async () => (await import('../completion/fish.ts')).fishCompletion,
} as const;

/** @param all makes the whole command line, which is completed. */
export function addCompletionCommand(program: Command, all: () => Command): Command {
  return program
    .command('completion')
    .summary('what a shell needs to complete commands and options')
    .description('Prints a script for a shell.')
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(SHELLS)))
    .addHelpText(
      'after',
      '\nFor this session, or a line in the shell’s own configuration:\n  bash: source <(morsel completion bash)\n' +
        '  zsh:  source <(morsel completion zsh)\n  fish: morsel completion fish | source',
    )
    .action(async (shell: keyof typeof SHELLS) => {
      const { commandModel } = await import('../completion/command-model.ts');
      const script = (await SHELLS[shell]())(commandModel(all()));
      printResult(joinLines(script.trimEnd().split('\n')));
    });
}
