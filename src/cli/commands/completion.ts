import { Argument, type Command } from 'commander';
import { bashCompletion } from '../completion/bash.ts';
import { commandModel } from '../completion/command-model.ts';
import { fishCompletion } from '../completion/fish.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { printResult } from '../text/print.ts';
import { joinLines } from '../text/text.ts';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

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
    .action((shell: keyof typeof SHELLS) => {
      printResult(joinLines(SHELLS[shell](commandModel(all())).trimEnd().split('\n')));
    });
}
