import type { Command } from 'commander';
import { isTerminal } from '../text/terminal.ts';
import { printResult } from '../text/print.ts';
import { writeBytes } from '../text/standard-streams.ts';
import { text } from '../text/text.ts';
import type { CommandContext } from './command-context.ts';
import { type ReadFlags, readCommand, readOptions } from './read-document.ts';

export function addCatCommand(program: Command, context: CommandContext): Command {
  return readCommand(program, 'cat', 'a file of an image, as its container would see it')
    .description(
      'Prints one file of an image: all layers applied, links followed inside of it. Bytes as they are; a terminal gets\n' +
        'control characters escaped. A path without / before it is meant from there.',
    )
    .argument('<path>', 'in the image, as /etc/passwd')
    .action((image: string, path: string, flags: ReadFlags) => printFile(image, path, flags, context));
}

async function printFile(
  image: string,
  path: string,
  flags: ReadFlags,
  context: CommandContext,
): Promise<void> {
  const { readImageFile } = await import('../../index.ts');
  const chunks = await readImageFile(image, path, await readOptions(flags, context));
  const isForPeople = isTerminal(1);
  const shown: Buffer[] = [];
  for await (const chunk of chunks) {
    if (isForPeople) shown.push(chunk);
    else writeBytes(chunk);
  }
  if (isForPeople)
    for (const line of Buffer.concat(shown).toString('utf8').replace(/\n$/, '').split('\n'))
      printResult(text`${line}`);
}
