import type { Command } from 'commander';
import type { ReadOptions } from '../../index.ts';
import type { CommandContext } from './command-context.ts';
import { printBytes } from '../text/print-bytes.ts';
import { printResult } from '../text/print.ts';
import { text } from '../text/text.ts';
import { insecureOption, platformOption, IMAGE_SYNTAX } from './options.ts';

export interface ReadFlags {
  readonly platform?: string;
  readonly insecure?: boolean;
}

export function addDigestCommand(program: Command, context: CommandContext): Command {
  return readCommand(program, 'digest', 'the digest of an image; of an index, its own').action(
    async (image: string, flags: ReadFlags) => {
      const { imageDigest } = await import('../../index.ts');
      printResult(text`${await imageDigest(image, await readOptions(flags, context))}`);
    },
  );
}

export function addManifestCommand(program: Command, context: CommandContext): Command {
  return readCommand(
    program,
    'manifest',
    'the manifest of an image, as it is; of an index, the index',
  ).action(async (image: string, flags: ReadFlags) => {
    const { readManifest } = await import('../../index.ts');
    printBytes(await readManifest(image, await readOptions(flags, context)));
  });
}

export function addConfigCommand(program: Command, context: CommandContext): Command {
  return readCommand(program, 'config', 'the config of an image, as it is').action(
    async (image: string, flags: ReadFlags) => {
      const { readConfig } = await import('../../index.ts');
      printBytes(await readConfig(image, await readOptions(flags, context)));
    },
  );
}

/** What takes one image of any place. */
export function readCommand(program: Command, name: string, summary: string): Command {
  return program
    .command(name)
    .summary(summary)
    .argument('<image>', 'a registry’s, an archive’s, a layout’s or an engine’s')
    .addOption(platformOption('of this platform of an index'))
    .addOption(insecureOption())
    .addHelpText('after', IMAGE_SYNTAX);
}

export async function readOptions(
  { platform, insecure }: ReadFlags,
  { signal }: CommandContext,
): Promise<ReadOptions> {
  const { parsePlatform } = await import('../../index.ts');
  return {
    insecure,
    signal,
    ...(platform !== undefined && { platform: await parsePlatform(platform) }),
  };
}
