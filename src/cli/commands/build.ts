import { type Command, Option } from 'commander';
import {
  COMPRESSIONS,
  type Compression,
  type EngineName,
  ENGINES,
  type ProofStrength,
  RUNGS,
  type Rung,
  type SandboxName,
  type SizeProfile,
} from '../../core/choices.ts';
import { hostArchitecture } from '../../core/machines.ts';
import type { BuildResult } from '../../index.ts';
import type { CommandContext } from './command-context.ts';
import { type CompanionFlags, companionOptions, companionSettings } from './companion-options.ts';
import { printDocument } from '../text/documents.ts';
import {
  collect,
  collectPair,
  type Format,
  formatOption,
  sizeOption,
  sandboxOption,
  parseInteger,
  parseWords,
  repeatable,
  sandboxBuildOption,
  timeoutOption,
} from './options.ts';
import { checkOption, proofSettings, requireProofOption, typedChecks } from './typed-checks.ts';
import { checkImageRefs, pushBuilt, pushTargetsOf } from './push-built.ts';
import { printNote, printReport, printResult } from '../text/print.ts';
import { joinLines, json, text } from '../text/text.ts';

interface BuildFlags extends CompanionFlags {
  readonly tag?: readonly string[];
  readonly output?: string;
  readonly bin?: readonly string[];
  readonly link?: readonly string[];
  readonly allowFewerFeatures?: boolean;
  readonly libraries: boolean;
  readonly offline?: boolean;
  readonly initConfig?: boolean;
  readonly rung?: readonly Rung[];
  readonly size?: SizeProfile;
  readonly toolchainExperimental?: boolean;
  readonly compression?: Compression;
  readonly compressionLevel?: number;
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly workdir?: string;
  readonly path?: string;
  readonly label?: Readonly<Record<string, string>>;
  readonly annotation?: Readonly<Record<string, string>>;
  readonly expose?: readonly string[];
  readonly stopSignal?: string;
  readonly add?: readonly string[];
  readonly tz?: string;
  readonly with?: readonly string[];
  readonly without?: readonly string[];
  readonly ca?: readonly string[];
  readonly prove: boolean;
  readonly evidence: boolean;
  readonly check?: readonly string[];
  readonly requireProof?: ProofStrength | true;
  readonly sandbox?: SandboxName;
  readonly timeout?: number;
  readonly sandboxBuild?: boolean;
  readonly push?: boolean;
  readonly imageRefs?: string;
  readonly load?: boolean;
  readonly 'load=docker'?: boolean;
  readonly 'load=podman'?: boolean;
  readonly platform?: readonly string[];
  readonly root?: string;
  readonly plan?: boolean;
  readonly format: Format;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

export function addBuildCommand(program: Command, context: CommandContext): Command {
  return addNeedOptions(buildOptions(program.command('build')))
    .summary('the smallest image of a program that is proven to run')
    .description(
      'Builds a C, C++, Rust or Go project (or takes a Linux executable) into the smallest image that is proven to run.\n' +
        'Prints one line: the reference with its digest. Everything else goes to stderr.\n' +
        'Words after -- go to what compiles: configure, cmake, meson, make, cargo, go or the compiler.',
    )
    .usage('[options] [paths...] [-- words]')
    .argument('[paths...]', 'project directory, executable, or C and C++ files of one program', ['.'])
    .addHelpText(
      'after',
      '\nExamples:\n  morsel build                      the project in this folder\n' +
        '  morsel build hello.c -t hello:1   one C file, or several: main.c part.c\n  morsel build /usr/bin/jq          an executable, with exactly its libraries\n' +
        '  morsel build . -o layout/         an OCI layout instead of an archive\n' +
        '  morsel build . -- --disable-x     words for what compiles it, here configure',
    )
    .action((paths: readonly string[], flags: BuildFlags) => runBuild(paths, flags, context));
}

/** What the user decides about what a program needs beside its libraries. */
function addNeedOptions(command: Command): Command {
  return command
    .option('--with <need>', 'pack the files of this need, such as fonts or mime-types, repeatable', collect)
    .option('--without <need>', 'leave out the files of this need, repeatable', collect)
    .option('--ca <file.pem>', 'trust this authority beside the public ones, repeatable', collect);
}

function buildOptions(command: Command): Command {
  return outputOptions(
    companionOptions(command)
      .option('-t, --tag <name>', 'image name, repeatable', collect)
      .option(
        '-o, --output <path>',
        'FILE.tar for an archive, DIR/ for an OCI layout, - for stdout (default: NAME.tar)',
      )
      .option(
        '--platform <os/arch>',
        'what the program is compiled for: linux/arm64, several with commas for one index, or all',
        collect,
      )
      .option(
        '--root <dir>',
        'take libraries and files from this root, as of another machine (default: this machine’s)',
      )
      .option(
        '--bin <name>',
        'which program of a project that has several; repeatable: these in one image',
        collect,
      )
      .option('--link <library>', 'link this library with a C or C++ file, as after -l; repeatable', collect)
      .option('--allow-fewer-features', 'let a lower rung win that lacks features of the ordinary build')
      .option('--no-libraries', "do not build libraries that a static rung's C library lacks")
      .option('--offline', 'fetch nothing: neither sources of libraries, nor crates and modules')
      .addOption(sizeOption())
      .addOption(
        repeatable(new Option('--rung <rung>', 'only this rung of the ladder, repeatable').choices(RUNGS)),
      )
      .option(
        '--toolchain-experimental',
        'allow unstable toolchain features, such as building the Rust std for musl',
      )
      .option('--env <KEY=VALUE>', 'environment of the image, repeatable', collectPair)
      .option('--user <uid[:gid]>', 'numeric user of the image (default: 65532:65532)')
      .option('--workdir <dir>', 'working directory of the image, made for its user')
      .option(
        '--path <path>',
        'where the program is put (default: its own path if it is a ready dynamic one, else /NAME)',
      )
      .option('--entrypoint <words>', 'entrypoint: words or a JSON list', parseWords)
      .option('--cmd <words>', 'default arguments: words or a JSON list', parseWords)
      .option('--label <KEY=VALUE>', 'label, repeatable', collectPair)
      .option('--annotation <KEY=VALUE>', 'manifest annotation, repeatable', collectPair)
      .option('--expose <port[/proto]>', 'port the image listens on, repeatable', collect)
      .option('--stop-signal <signal>', 'signal that stops the program, such as SIGINT')
      .option('--add <SRC:DST[:MODE]>', 'add a file or folder, repeatable', collect)
      .option('--tz <zone>', 'pack this time zone and set TZ, such as Europe/Berlin')
      .addOption(new Option('--compression <method>', 'layer compression').choices(COMPRESSIONS))
      .option('--compression-level <n>', 'level of the compressor', parseInteger)
      .option('--no-prove', 'do not run the image')
      .option('--no-evidence', 'keep nothing beside the image of why it is as it is')
      .addOption(checkOption())
      .addOption(requireProofOption())
      .addOption(sandboxOption('run the proof'))
      .addOption(timeoutOption())
      .addOption(sandboxBuildOption()),
  );
}

/** Where the image goes when it is proven, and what is told of it. */
function outputOptions(command: Command): Command {
  return (
    command
      .option(
        '--push',
        'send the image to the registry of each -t, without one to $MORSEL_DOCKER_REPO/NAME, and print what was pushed',
      )
      .option(
        '--image-refs <file>',
        'write the names of --push, each with its digest, into this file, a line each',
      )
      .option(
        '--load',
        'load the image into docker, or podman where no docker answers (--load=docker, --load=podman: only there), and print its id there',
      )
      // Flags of their own: one that may have a value would take the path that follows.
      .addOption(new Option('--load=docker').hideHelp())
      .addOption(new Option('--load=podman').hideHelp())
      .option('--init-config', 'write a morsel.json with what is known of the project, and stop')
      .option('--plan', 'print what would be run for each rung, and stop')
      .addOption(formatOption())
      .option('-q, --quiet', 'no report, only the result and errors')
      .option('-v, --verbose', 'show every command and its output')
  );
}

async function runBuild(
  [path = '.', ...moreSources]: readonly string[],
  flags: BuildFlags,
  context: CommandContext,
): Promise<void> {
  const { build, planBuild, loadIntoEngine, MorselError } = await import('../../index.ts');
  const isToLoad = isAskedToLoad(flags);
  if (flags.initConfig === true) return initConfig(path, flags);
  const toStdout = flags.output === '-' ? await import('./build-to-stdout.ts') : null;
  toStdout?.checkStdout(flags, isToLoad);
  if (isToLoad && flags.output?.endsWith('/') === true) {
    throw new MorselError('USAGE', '--load needs an archive, and -o asks for a layout', {
      hint: 'leave out one of them, or give -o FILE.tar',
    });
  }
  const { createProgress } = await import('../text/progress.ts');
  const progress = createProgress(flags);
  const checks = await typedChecks(flags.check);
  const options = {
    ...optionsOf(path, flags, context),
    moreSources,
    checks,
    signal: context.signal,
    onEvent: progress.onEvent,
  };
  if (flags.plan === true) {
    const { formatPlan } = await import('../text/plan-report.ts');
    const plans = await planBuild(options);
    if (flags.format === 'json') return printDocument('build-plan', plans);
    return printReport(formatPlan(plans));
  }
  checkImageRefs(flags);
  const targetsOf = flags.push === true ? await pushTargetsOf(flags) : null;
  const engine = isToLoad ? await engineFor(flags, context) : null;
  const running = toStdout === null ? build(options) : toStdout.buildToStdout(build, options);
  const built = await running.finally(progress.stop);
  const loaded =
    engine === null
      ? null
      : await loadIntoEngine(built.image.path, {
          engine,
          isOfSeveral: built.platforms.length > 1,
          signal: context.signal,
        });
  const pushed = targetsOf === null ? [] : await pushBuilt(await targetsOf(built), built, flags, context);
  const loadedThere = loaded === null ? null : { engine: loaded.engine, id: loaded.id };
  const result = { ...built, loaded: loadedThere, pushed };
  if (flags.quiet !== true && flags.format === 'text') {
    const place = { directory: process.cwd(), architecture: hostArchitecture() };
    const { formatBuildReport } = await import('../text/build-report.ts');
    printNote(formatBuildReport(result, { loaded, told: progress.told, ...place }));
    if (flags.output === undefined) await noteOutputsInGit(result);
  }
  const name = loaded?.id ?? result.reference;
  if (toStdout !== null) return printNote(flags.format === 'json' ? json(result, 2) : text`${name}`);
  if (flags.format === 'json') return printDocument('build', result);
  printResult(pushed.length === 0 ? text`${name}` : joinLines(pushed));
}

const isAskedToLoad = (flags: BuildFlags): boolean =>
  flags.load === true || flags['load=docker'] === true || flags['load=podman'] === true;

/** Before anything is compiled: whether there is an engine is known. Errors: USAGE, those of `chooseEngine`. */
async function engineFor(flags: BuildFlags, { signal }: CommandContext): Promise<EngineName> {
  const { chooseEngine, MorselError } = await import('../../index.ts');
  const named = ENGINES.filter((name) => flags[`load=${name}`] === true);
  if (named.length > 1) {
    throw new MorselError(
      'USAGE',
      `--load=${named.join(' and --load=')}: an image is loaded into one engine`,
      {
        hint: 'leave out one of them: `docker load` and `podman load` read the same archive',
      },
    );
  }
  return chooseEngine({ engine: named[0], signal });
}

/** Nobody has said where they are to lie. */
async function noteOutputsInGit({ image, evidence }: BuildResult): Promise<void> {
  const { outputsInGit } = await import('./outputs-in-git.ts');
  const names = outputsInGit([image.path, evidence?.path ?? []].flat());
  if (names.length > 0)
    printNote(
      text`  git sees ${names.join(' and ')}: write that into .gitignore, or give another place with -o`,
    );
}

async function initConfig(path: string, { bin }: BuildFlags): Promise<void> {
  const { initConfiguration } = await import('../../index.ts');
  printResult(text`${await initConfiguration({ path, binary: bin?.[0] })}`);
}

function optionsOf(path: string, flags: BuildFlags, { words }: CommandContext) {
  return {
    path,
    tags: flags.tag,
    output: flags.output,
    binary: flags.bin,
    link: flags.link,
    words,
    allowFewerFeatures: flags.allowFewerFeatures,
    platforms: flags.platform,
    root: flags.root,
    rungs: flags.rung,
    size: flags.size,
    experimental: flags.toolchainExperimental,
    compression: flags.compression,
    compressionLevel: flags.compressionLevel,
    entrypoint: flags.entrypoint,
    cmd: flags.cmd,
    env: flags.env,
    user: flags.user,
    workdir: flags.workdir,
    programPath: flags.path,
    labels: flags.label,
    annotations: flags.annotation,
    expose: flags.expose,
    stopSignal: flags.stopSignal,
    ...companionSettings(flags),
    add: flags.add,
    timeZone: flags.tz,
    with: flags.with,
    without: flags.without,
    ca: flags.ca,
    ...proofSettings(flags),
    evidence: flags.evidence,
    sandbox: flags.sandbox,
    timeoutSeconds: flags.timeout,
    sandboxBuild: flags.sandboxBuild,
    libraries: flags.libraries,
    offline: flags.offline,
  };
}
