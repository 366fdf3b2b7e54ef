import type { Rung } from '../../core/choices.ts';
import type { Command } from '../../core/command.ts';
import type { RustProgram, RustProject } from '../../project/project.ts';
import { stackSizeWord, THREAD_STACK_BYTES } from '../c/c-flags.ts';
import type { CToolchain } from '../c/c-toolchain.ts';
import type { CompilePlan, FinishStep, PlanOptions, PlanOutcome } from '../plan.ts';
import type { Tools } from '../find/tools.ts';
import { type CCompilers, cCompilers, librarySearchFlags, staticVariables } from './c-dependencies.ts';
import { featureWords, prepared, rustNotes, sourceWords, typedWords } from './cargo-words.ts';
import { prepareCommands } from '../settings/prepare-commands.ts';
import { chooseToolchain, type RustChoice } from './choose-toolchain.ts';
import { artifactOf, lentLockFile } from './rust-outputs.ts';
import { muslUnwinder } from './musl-unwinder.ts';
import { type Linker, linkersFor, noLinker, type RustContext } from './rust-linkers.ts';
import { rustTarget } from './rust-target.ts';
import { smallestProfile } from './smallest-profile.ts';
import { planStandardLibrary, type StandardLibrary, TINY_FLAGS } from './standard-library.ts';

/**
 * How a Cargo project is compiled for a rung. Pure.
 * - Its own target folder and CARGO_HOME are used; `--locked` where there is a Cargo.lock: an image must be made of what
 *   the lock file says, and morsel does not write into sources. Where there is none, the one that cargo makes is kept in
 *   the work directory.
 * - Flags go through `--config target.TRIPLE.rustflags`, which cargo joins with those of the project's and the user's
 *   configuration. RUSTFLAGS in the environment makes cargo ignore all of these, so ours are then added to it.
 */
export function planRust(original: RustProject, rung: Rung, tools: Tools, options: PlanOptions): PlanOutcome {
  const { project, copySources } = prepared(original, options);
  if (rung === 'static-go') return unavailable('this rung is for Go programs', 'ask for another rung');
  const triple = rustTarget(options.platform.architecture, rung === 'static-musl' ? 'musl' : 'gnu');
  if (triple === null)
    return unavailable(
      `Rust has no target for ${options.platform.architecture}`,
      'build it on an architecture that Rust has musl for, such as x86-64 or arm64',
    );
  const isTiny = options.profile === 'smallest' && options.experimental && rung === 'static-musl';
  const choice = chooseToolchain(project, tools, {
    triple,
    experimental: options.experimental,
    preferBuilt: isTiny,
  });
  if (choice.kind === 'none') return unavailable(choice.reason, choice.hint);
  const context: RustContext = {
    project,
    copySources,
    rung,
    tools,
    options,
    triple,
    choice,
    isTiny: isTiny && choice.kind === 'built',
  };
  const linkers = linkersFor(context);
  if (linkers.length === 0) return noLinker(context);
  const plans = linkers.map((linker) => planWith(context, linker));
  const plan = plans.reduceRight<CompilePlan | null>((fallback, own) => ({ ...own, fallback }), null);
  return plan === null ? noLinker(context) : { kind: 'plan', plan };
}

function planWith(context: RustContext, linker: Linker): CompilePlan {
  const { project, rung, options, choice } = context;
  const c = linker.kind === 'own' ? null : compilersOf(context, linker.toolchain);
  const library = choice.kind === 'built' ? standardLibrary(context, choice) : null;
  const unwinder = unwinderOf(context, linker);
  const smallest = options.profile === 'smallest' ? smallestProfile(project, rung, context.isTiny) : null;
  const flags = [
    ...rungFlags(context, linker),
    ...(library === null ? [] : [`--sysroot=${library.sysroot}`]),
    ...(unwinder?.flags ?? []),
    ...(context.isTiny ? TINY_FLAGS : []),
    ...(smallest?.flags ?? []),
    ...(rung === 'static-musl' ? librarySearchFlags(options) : []),
    ...remapFlags(project),
  ];
  const linkWith = linker.kind === 'c' && linker.forLinking ? (c?.cc ?? null) : null;
  return {
    rung,
    toolchain: describeToolchain(context, linker),
    workDirectory: options.workDirectory,
    cleanDirectories: context.copySources === null ? [] : [context.copySources.to],
    prepare: prepareCommands(options.prepare, project.packageDirectory, undefined),
    files: [...(library?.files ?? []), ...(c?.files ?? []), ...(unwinder?.files ?? [])],
    commands: [
      ...(library === null ? [] : [library.command]),
      ...(unwinder?.commands ?? []),
      cargoBuild(context, flags, linkWith, { ...c?.env, ...smallest?.env }),
    ],
    copySources: context.copySources,
    ...lentLockFile(project, options),
    configuration: null,
    ordinary: null,
    artifact: artifactOf(context),
    finish: finishSteps(context),
    fallback: null,
    trades: smallest?.trades ?? [],
    notes: rustNotes(project, options),
    experimental: library === null ? null : experimentalMeans(choice),
  };
}

function programsOf(project: RustProject): readonly [RustProgram, ...RustProgram[]] {
  return [project, ...project.otherPrograms];
}

/** musl-gcc has none of its own. */
function unwinderOf({ tools, options }: RustContext, linker: Linker): ReturnType<typeof muslUnwinder> | null {
  if (linker.kind !== 'c' || !linker.forLinking || !linker.toolchain.isWrapper) return null;
  return muslUnwinder(linker.toolchain, tools.rust.unwinder ?? '', options.workDirectory);
}

function compilersOf({ project, tools, triple, options }: RustContext, toolchain: CToolchain): CCompilers {
  return cCompilers(project, toolchain, tools, triple, options);
}

function standardLibrary(context: RustContext, choice: RustChoice & { kind: 'built' }): StandardLibrary {
  const { options, project, triple, isTiny } = context;
  return planStandardLibrary({
    toolchain: choice.toolchain,
    library: choice.library,
    triple,
    variant: isTiny ? 'tiny' : 'full',
    sharedDirectory: options.sharedDirectory ?? options.workDirectory,
    cargoHome: project.settings.cargoHome,
    offline: options.offline === true,
  });
}

function rungFlags(context: RustContext, linker: Linker): readonly string[] {
  const { rung } = context;
  if (rung === 'closure' || rung === 'base') return [];
  const crtStatic = '-Ctarget-feature=+crt-static';
  if (rung !== 'static-musl') return [crtStatic];
  if (linker.kind !== 'c' || !linker.forLinking) return [crtStatic, ...stackFlags(context)];
  return [
    crtStatic,
    // rustc's own start files come with an installed target only, and are rcrt1's: neither zig nor musl-gcc links those.
    '-Clink-self-contained=no',
    '-Crelocation-model=static',
    ...(linker.toolchain.isWrapper
      ? ['-Clink-arg=-Wl,--no-dynamic-linker', '-Clink-arg=-Wl,-z,noseparate-code']
      : []),
    ...stackFlags(context),
  ];
}

/** Threads of Rust ask for 2 MiB by themselves (std::thread, "Stack size"); those of C libraries take what the program says. */
function stackFlags({ project, options }: RustContext): readonly string[] {
  const bytes = options.stackSizeBytes ?? (project.systemCrates.length > 0 ? THREAD_STACK_BYTES : null);
  return bytes === null ? [] : [`-Clink-arg=${stackSizeWord(bytes)}`];
}

/** No path of this machine in the program: the same sources in another folder give the same bytes. The last match wins. */
function remapFlags({ workspaceRoot, settings }: RustProject): readonly string[] {
  const { cargoHome, targetDirectory } = settings;
  return [
    `--remap-path-prefix=${workspaceRoot}=/src`,
    ...(cargoHome === null ? [] : [`--remap-path-prefix=${cargoHome}=/cargo`]),
    `--remap-path-prefix=${targetDirectory}=/target`,
  ];
}

function cargoBuild(
  context: RustContext,
  flags: readonly string[],
  linkWith: string | null,
  env: Readonly<Record<string, string>>,
): Command {
  const { project, triple, choice } = context;
  const { cargo, rustc } = choice.toolchain;
  return {
    program: cargo.path,
    args: cargoArguments(context, flags, linkWith),
    cwd: project.packageDirectory,
    env: { ...cargoEnvironment(context, flags), ...env },
    purpose: `compile ${programsOf(project)
      .map(({ binary }) => binary)
      .join(', ')} for ${triple} with rustc ${rustc.version ?? ''}`.trim(),
  };
}

function cargoArguments(
  { project, options, triple }: RustContext,
  flags: readonly string[],
  linkWith: string | null,
): readonly string[] {
  const { environmentRustflags, buildRustflags, targetDirectory } = project.settings;
  return [
    'build',
    '--release',
    ...sourceWords(project, options),
    ...programArguments(project, options),
    '--target',
    triple,
    '--target-dir',
    targetDirectory,
    ...(environmentRustflags === null
      ? ['--config', `target.${triple}.rustflags=${JSON.stringify([...buildRustflags, ...flags])}`]
      : []),
    ...(linkWith === null ? [] : ['--config', `target.${triple}.linker=${JSON.stringify(linkWith)}`]),
    ...typedWords(options),
  ];
}

/** With several packages cargo wants the features of each under its name. */
function programArguments(project: RustProject, options: PlanOptions): readonly string[] {
  const programs = programsOf(project);
  const packages = [...new Set(programs.map((program) => program.package))];
  const nameOf = (owner: string, feature: string): string =>
    packages.length === 1 || feature.includes('/') ? feature : `${owner}/${feature}`;
  const features = programs.flatMap((program) =>
    program.features.map((name) => nameOf(program.package, name)),
  );
  return [
    ...packages.flatMap((name) => ['--package', name]),
    ...programs.flatMap(({ binary }) => ['--bin', binary]),
    ...featureWords(features, options),
  ];
}

/** RUSTFLAGS of the environment win over all configuration (Cargo's book, build.rustflags): ours join them there. */
function cargoEnvironment(context: RustContext, flags: readonly string[]): Command['env'] {
  const { project, rung, choice, isTiny } = context;
  const { rustc, channel } = choice.toolchain;
  const fromEnvironment = project.settings.environmentRustflags;
  const isStatic = rung === 'static-musl' || rung === 'static-glibc';
  return {
    RUSTC: rustc.path,
    ...(fromEnvironment === null
      ? {}
      : { CARGO_ENCODED_RUSTFLAGS: [...fromEnvironment, ...flags].join('\x1f'), RUSTFLAGS: undefined }),
    ...(isTiny && channel !== 'nightly' && channel !== 'dev' ? { RUSTC_BOOTSTRAP: '1' } : {}),
    ...(isStatic ? staticVariables(project) : {}),
    ...(rung === 'static-glibc' && project.systemCrates.length > 0 ? { PKG_CONFIG_ALL_STATIC: '1' } : {}),
    ...(stripsAtLink(context) ? { CARGO_PROFILE_RELEASE_STRIP: 'symbols' } : {}),
  };
}

/** A copy is stripped where a strip program knows the architecture; else the linker strips. */
function stripsAtLink({ options, tools }: RustContext): boolean {
  return options.profile !== 'debug' && tools.build.strip[options.platform.architecture] === undefined;
}

function finishSteps({ options, tools }: RustContext): readonly FinishStep[] {
  const strip = tools.build.strip[options.platform.architecture];
  if (options.profile === 'debug') return [];
  const dropHeaders: readonly FinishStep[] =
    options.profile === 'smallest' ? [{ kind: 'drop-section-headers' }] : [];
  if (strip === undefined) return dropHeaders;
  return [{ kind: 'strip', program: strip.path, args: [...strip.argvPrefix, '--strip-all'] }, ...dropHeaders];
}

function describeToolchain({ choice, triple, isTiny }: RustContext, linker: Linker): string {
  const { toolchain } = choice;
  const version = `rustc ${toolchain.rustc.version ?? toolchain.name}`;
  const std =
    choice.kind === 'built' ? `its ${isTiny ? 'smallest ' : ''}std built for ${triple} from sources` : triple;
  const linked =
    linker.kind === 'own' ? '' : `, ${linker.forLinking ? 'linked by' : 'C by'} ${linker.toolchain.label}`;
  return `${version} (${std}${linked}${toolchain.isDefault ? '' : '; not the default toolchain'})`;
}

function experimentalMeans({ toolchain }: RustContext['choice']): string {
  const means = toolchain.channel === 'stable' ? 'RUSTC_BOOTSTRAP=1' : 'a nightly compiler';
  return `the standard library of rustc ${toolchain.rustc.version ?? ''} is built from its sources with -Zbuild-std and ${means}`;
}

function unavailable(reason: string, hint: string): PlanOutcome {
  return { kind: 'unavailable', reason, hint };
}
