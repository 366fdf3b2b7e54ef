import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { printDocument } from '../text/documents.ts';
import { printResult } from '../text/print.ts';
import { joinLines, text } from '../text/text.ts';
import { type Format, formatOption, insecureOption } from './options.ts';

interface RegistryFlags {
  readonly insecure?: boolean;
}

export function addLsCommand(program: Command, { signal }: CommandContext): Command {
  return program
    .command('ls')
    .summary('the tags of a repository')
    .argument('<repository>', 'REGISTRY/NAME')
    .addOption(insecureOption())
    .addOption(formatOption())
    .action(async (repository: string, flags: RegistryFlags & { readonly format: Format }) => {
      const { listTags } = await import('../../index.ts');
      const tags = await listTags(repository, { insecure: flags.insecure, signal });
      if (flags.format === 'json') return printDocument('tags', tags);
      if (tags.length > 0) printResult(joinLines(tags.map((tag) => text`${tag}`)));
    });
}

export function addTagCommand(program: Command, { signal }: CommandContext): Command {
  return program
    .command('tag')
    .summary('one more tag for an image of a registry')
    .argument('<name>', 'REGISTRY/NAME:TAG or REGISTRY/NAME@sha256:…')
    .argument('<tag>', 'the new tag, in the same repository')
    .addOption(insecureOption())
    .action(async (name: string, tag: string, flags: RegistryFlags) => {
      const { tagImage } = await import('../../index.ts');
      printResult(text`${await tagImage(name, tag, { insecure: flags.insecure, signal })}`);
    });
}

export function addRmCommand(program: Command, { signal }: CommandContext): Command {
  return program
    .command('rm')
    .summary('takes a tag, or an image with all its tags, from a registry')
    .argument('<names...>', 'REGISTRY/NAME:TAG, or REGISTRY/NAME@sha256:… for the image itself')
    .addOption(insecureOption())
    .action(async (names: readonly string[], flags: RegistryFlags) => {
      const { removeImage } = await import('../../index.ts');
      for (const name of names) await removeImage(name, { insecure: flags.insecure, signal });
    });
}
