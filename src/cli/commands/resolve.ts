import { isatty } from 'node:tty';
import type { Command } from 'commander';
import { type ProofStrength, type SandboxName, type SizeProfile } from '../../core/choices.ts';
import { MorselError } from '../../core/errors.ts';
import type { ResolvedDocuments } from '../../index.ts';
import type { CommandContext } from './command-context.ts';
import { printNote, printResult } from '../text/print.ts';
import { writeBytes } from '../text/standard-streams.ts';
import { joinLines, text } from '../text/text.ts';
import {
  collect,
  insecureOption,
  sandboxBuildOption,
  sandboxOption,
  sizeOption,
  timeoutOption,
} from './options.ts';
import { writeImageRefs } from './push-built.ts';
import { proofSettings, requireProofOption } from './typed-checks.ts';

interface ResolveFlags {
  readonly filename?: readonly string[];
  readonly recursive?: boolean;
  readonly platform?: readonly string[];
  readonly size?: SizeProfile;
  readonly prove: boolean;
  readonly requireProof?: ProofStrength | true;
  readonly sandbox?: SandboxName;
  readonly sandboxBuild?: boolean;
  readonly offline?: boolean;
  readonly timeout?: number;
  readonly insecure?: boolean;
  readonly imageRefs?: string;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

const REPLACED =
  'Each string morsel://PATH in YAML documents is built, pushed below $MORSEL_DOCKER_REPO, and replaced by its name with its digest.';

const EXAMPLE = `
  image: morsel://./cmd/server      becomes      image: ghcr.io/me/server:latest@sha256:…
PATH is what \`morsel build\` takes, from the current directory. Each is built and pushed once.`;

export function addResolveCommand(program: Command, context: CommandContext): Command {
  return resolveOptions(
    program
      .command('resolve')
      .summary('YAML documents with images that are built and pushed')
      .description(`${REPLACED}\nPrints the documents, with comments and layout as they are.`),
  )
    .addHelpText('after', EXAMPLE)
    .action((flags: ResolveFlags) => runResolve(flags, context));
}

export function addApplyCommand(program: Command, context: CommandContext): Command {
  return resolveOptions(
    program
      .command('apply')
      .summary('what resolve prints, into kubectl apply')
      .description(
        `${REPLACED}\nHands the documents to \`kubectl apply -f -\`; words after -- go to kubectl.`,
      )
      .argument('[words...]', 'more words for kubectl apply, after --'),
  )
    .addHelpText('after', EXAMPLE)
    .action((words: readonly string[], flags: ResolveFlags) => runApply(words, flags, context));
}

function resolveOptions(command: Command): Command {
  return command
    .option(
      '-f, --filename <path>',
      'a file, a folder with YAML and JSON files, or - for stdin; repeatable',
      collect,
    )
    .option('-R, --recursive', 'the folders in a folder too')
    .option(
      '--platform <os/arch>',
      'what the programs are compiled for: linux/arm64, several with commas for one index, or all',
      collect,
    )
    .addOption(sizeOption())
    .option('--no-prove', 'do not run the images')
    .addOption(requireProofOption())
    .addOption(sandboxOption('run the proofs'))
    .addOption(timeoutOption())
    .addOption(sandboxBuildOption())
    .option('--offline', 'fetch nothing: neither sources of libraries, nor crates and modules')
    .addOption(insecureOption())
    .option(
      '--image-refs <file>',
      'write the names of what was pushed, each with its digest, into this file, a line each',
    )
    .option('-q, --quiet', 'only the result and errors')
    .option('-v, --verbose', 'show every command and its output');
}

async function runResolve(flags: ResolveFlags, context: CommandContext): Promise<void> {
  const { documents } = await resolveWith(flags, context);
  if (isatty(1)) printResult(joinLines(documents.replace(/\n$/, '').split('\n')));
  else writeBytes(Buffer.from(documents));
}

/** Before anything is compiled: whether there is a kubectl is known. */
async function runApply(
  words: readonly string[],
  flags: ResolveFlags,
  context: CommandContext,
): Promise<void> {
  const { apply, requireKubectl } = await import('../../index.ts');
  await requireKubectl();
  const { documents } = await resolveWith(flags, context);
  await apply(documents, { words, signal: context.signal });
}

async function resolveWith(flags: ResolveFlags, { signal }: CommandContext): Promise<ResolvedDocuments> {
  const { filename: files = [], recursive, insecure, imageRefs, quiet } = flags;
  if (files.length === 0)
    throw new MorselError('USAGE', 'nothing says where the documents are', {
      hint: 'give a file, a folder, or - for stdin: -f k8s.yaml',
    });
  const { resolve } = await import('../../index.ts');
  const { createProgress } = await import('../text/progress.ts');
  const progress = createProgress(flags);
  const resolved = await resolve({
    ...buildOptionsOf(flags),
    files,
    recursive,
    insecure,
    signal,
    onEvent: progress.onEvent,
  }).finally(progress.stop);
  if (imageRefs !== undefined)
    writeImageRefs(
      imageRefs,
      resolved.images.flatMap(({ references }) => references),
    );
  if (quiet === true) return resolved;
  for (const { path, references } of resolved.images) printNote(text`morsel://${path} is ${references[0]}`);
  if (resolved.images.length === 0) printNote(text`the documents have no morsel:// in them`);
  return resolved;
}

function buildOptionsOf(flags: ResolveFlags) {
  return {
    platforms: flags.platform,
    size: flags.size,
    ...proofSettings(flags),
    sandbox: flags.sandbox,
    sandboxBuild: flags.sandboxBuild,
    offline: flags.offline,
    timeoutSeconds: flags.timeout,
  };
}
