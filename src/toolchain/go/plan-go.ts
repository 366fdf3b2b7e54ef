import { join } from 'node:path';
import { listNames } from '../../core/list-names.ts';
import type { Rung } from '../../core/choices.ts';
import type { CgoLoss, GoProgram, GoProject } from '../../project/project.ts';
import { hostArchitecture } from '../../core/machines.ts';
import { type CToolchain, toolchainsFor } from '../c/c-toolchain.ts';
import { forwardingWrapper, refusingWrapper } from '../c/compiler-wrapper.ts';
import { crossCompilerHint } from '../c/cross-hint.ts';
import { kernelHeaders } from '../c/kernel-headers.ts';
import { libraryCompiler, libraryPkgConfig } from '../c/library-compilers.ts';
import { type SharedCompilers, sharedCompilers } from '../c/shared-compilers.ts';
import type { CompilePlan, FinishStep, PlannedFile, PlanOptions, PlanOutcome } from '../plan.ts';
import type { Tool, Tools } from '../find/tools.ts';
import { environmentNotes } from '../settings/environment-flags.ts';
import { prepareCommands } from '../settings/prepare-commands.ts';

/** Of packages, in a reason. */
const NAMED_LIMIT = 3;

/**
 * How a Go program is compiled for a rung. Pure.
 * - The user's GOCACHE, GOPATH and GOFLAGS are kept; of GOFLAGS only `-buildmode` is overruled: a Go PIE asks for a
 *   dynamic linker that it does not need.
 * - `-buildvcs=false`: the same sources give the same bytes with and without their .git.
 */
export function planGo(project: GoProject, rung: Rung, tools: Tools, options: PlanOptions): PlanOutcome {
  const { go } = tools.go;
  if (go === null) {
    return unavailable('the go command was not found in PATH', 'install Go, or: apt-get install golang-go');
  }
  if (rung === 'static-go') {
    return project.cgoLoss !== null
      ? losesCgo(project.cgoLoss)
      : { kind: 'plan', plan: buildPlan({ project, rung, go, tools, options, c: null }) };
  }
  if (rung === 'base' || rung === 'closure') return planDynamic(project, rung, go, tools, options);
  if (!project.usesCgo)
    return unavailable(
      'pure Go needs no C library: static-go is its rung',
      'ask for that one: --rung static-go',
    );
  const compilers = toolchainsFor({ language: 'c' }, rung, tools, options.platform.architecture);
  const plans = compilers.map((c) => buildPlan({ project, rung, go, tools, options, c }));
  const plan = plans.reduceRight<CompilePlan | null>((fallback, own) => ({ ...own, fallback }), null);
  if (plan !== null) return { kind: 'plan', plan };
  const { architecture } = options.platform;
  const isNative = architecture === (options.hostArchitecture ?? hostArchitecture());
  const muslHint = isNative ? 'apt-get install musl-tools, or: pip install ziglang' : 'pip install ziglang';
  const glibcHint = isNative
    ? 'install a C compiler with a static libc (libc6-dev)'
    : crossCompilerHint(architecture);
  const hint = rung === 'static-musl' ? muslHint : glibcHint;
  return unavailable(`cgo needs a C compiler for ${rung} on ${architecture}, and none was found`, hint);
}

/** Where CGO_ENABLED=0 gives another program, or none; `compareWithoutCgo` decides. */
function losesCgo({ how, packages }: CgoLoss): PlanOutcome {
  return unavailable(
    `it uses cgo in ${listNames(packages, NAMED_LIMIT)}: ${LOSSES[how]}`,
    'if the program is right without it, say so: CGO_ENABLED=0 morsel build',
  );
}

const LOSSES: Readonly<Record<CgoLoss['how'], string>> = {
  excluded: 'with CGO_ENABLED=0 nothing of that package can be built',
  missing: 'CGO_ENABLED=0 would leave out code that is called',
  stub: 'CGO_ENABLED=0 would put a stub in its place that only fails',
  'left-out': 'CGO_ENABLED=0 would leave that code out, which registers itself with other code',
  unknown: 'CGO_ENABLED=0 would leave that code out or replace it',
};

/** The build that a plain `go build` is, with cgo where the project uses it. */
function planDynamic(
  project: GoProject,
  rung: Rung,
  go: Tool,
  tools: Tools,
  options: PlanOptions,
): PlanOutcome {
  const isNative = options.platform.architecture === (options.hostArchitecture ?? hostArchitecture());
  const [c = null] = isNative
    ? []
    : toolchainsFor({ language: 'c' }, 'closure', tools, options.platform.architecture);
  if (!isNative && c === null && project.usesCgo) {
    const { architecture } = options.platform;
    return unavailable(`cgo needs a C cross compiler for ${architecture}`, crossCompilerHint(architecture));
  }
  return { kind: 'plan', plan: buildPlan({ project, rung, go, tools, options, c }) };
}

interface GoBuild {
  readonly project: GoProject;
  readonly rung: Rung;
  readonly go: Tool;
  readonly tools: Tools;
  readonly options: PlanOptions;
  /** null: no cgo, or the compiler that the go command finds by itself. */
  readonly c: CToolchain | null;
}

function buildPlan(build: GoBuild): CompilePlan {
  const { project, rung, go, options } = build;
  const isCopied = (options.prepare ?? []).length > 0;
  const sources = isCopied ? join(options.workDirectory, 'src') : project.directory;
  const output = join(options.workDirectory, 'program');
  const [first, ...others] = programsOf(project);
  const pathOf = ({ binary }: GoProgram): string => join(output, binary);
  return {
    rung,
    toolchain: describeToolchain(build),
    workDirectory: options.workDirectory,
    cleanDirectories: isCopied ? [sources] : [],
    prepare: prepareCommands(options.prepare, sources, environment(build)),
    files: compilersOf(build)?.files ?? [],
    commands: [
      {
        program: go.path,
        args: [...go.argvPrefix, 'build', ...buildArguments(build), ...outputArguments(build, output)],
        cwd: sources,
        env: environment(build),
        purpose:
          `compile ${packagesOf(project).join(', ')} of ${project.module} with go ${go.version ?? ''}`.trim(),
      },
    ],
    copySources: isCopied ? { from: project.directory, to: sources, exclude: [] } : null,
    configuration: null,
    ordinary: null,
    artifact: { kind: 'file', path: pathOf(first), others: others.map(pathOf) },
    finish: finishSteps(build),
    fallback: null,
    trades: tradesOf(build),
    notes: environmentNotes(
      { GOFLAGS: project.goFlags.join(' '), ...(project.usesCgo ? options.environment : {}) },
      ['GOFLAGS', 'CGO_CFLAGS', 'CGO_CPPFLAGS', 'CGO_CXXFLAGS', 'CGO_LDFLAGS'],
    ),
    experimental: null,
  };
}

function programsOf(project: GoProject): readonly [GoProgram, ...GoProgram[]] {
  return [project, ...project.otherPrograms];
}

function packagesOf(project: GoProject): readonly string[] {
  return programsOf(project).map((program) => program.package);
}

/** A package alone may have another name than its program; for several the go command names each after its package. */
function outputArguments({ project }: GoBuild, directory: string): readonly string[] {
  const packages = packagesOf(project);
  return packages.length === 1
    ? ['-o', join(directory, project.binary), ...packages]
    : ['-o', `${directory}/`, ...packages];
}

function buildArguments(build: GoBuild): readonly string[] {
  const { options, project } = build;
  const tags = tagsOf(build);
  const ldflags = ldflagsOf(build);
  const gcflags = options.profile === 'smallest' ? ['-gcflags=all=-l'] : [];
  return [
    // Each package by its name, as it is compiled: how far it is.
    '-v',
    // `exe` takes one package; on Linux `default` is the same for several.
    `-buildmode=${project.otherPrograms.length === 0 ? 'exe' : 'default'}`,
    '-trimpath',
    '-buildvcs=false',
    ...(tags.length === 0 ? [] : [`-tags=${tags.join(',')}`]),
    // A flag on the command line replaces the one in GOFLAGS, so the user's own words come first in ours.
    ...(ldflags.length === 0 ? [] : [`-ldflags=${ldflags.join(' ')}`]),
    ...(flagValue(build, 'gcflags') === null ? gcflags : []),
    ...wordsOf(build)
      .filter(({ isMerged }) => !isMerged)
      .flatMap(({ words }) => words),
  ];
}

/** Resolvers of Go's own, so that a static libc is not asked for names: it loads what nsswitch.conf(5) lists. */
function tagsOf(build: GoBuild): readonly string[] {
  const { rung, options } = build;
  const isStatic = rung === 'static-musl' || rung === 'static-glibc';
  const asked = [...(options.settings?.go.tags ?? []), ...typedValues(build, 'tags')];
  // GOFLAGS keeps its own where nothing is added to it.
  if (asked.length === 0 && !isStatic) return [];
  const own = [goFlagValue(build.project, 'tags') ?? '', ...asked].flatMap((tags) => tags.split(/[\s,]+/));
  return [...new Set([...own.filter((tag) => tag !== ''), ...(isStatic ? ['netgo', 'osusergo'] : [])])];
}

function ldflagsOf(build: GoBuild): readonly string[] {
  const { project, rung, options, c } = build;
  const own = goFlagValue(project, 'ldflags');
  const isStatic = rung === 'static-musl' || rung === 'static-glibc';
  const external = c?.libc === 'musl' ? '-static -Wl,-z,stack-size=8388608' : '-static';
  return [
    ...(own === null ? [] : [own]),
    ...(options.profile === 'debug' ? [] : ['-s', '-w', '-buildid=']),
    // musl takes the stack of C threads, on which Go calls C, from the program header: 128 KiB is less than glibc's 8 MiB.
    ...(options.settings?.go.ldflags ?? []),
    ...typedValues(build, 'ldflags'),
    ...(isStatic ? ['-linkmode=external', `"-extldflags=${external}"`] : []),
  ];
}

/** A flag that is typed after `--`, with its value. */
interface TypedFlag {
  readonly words: readonly string[];
  readonly name: string;
  readonly value: string | null;
  /** Its value is joined with morsel's own: the go command takes the last one only. */
  readonly isMerged: boolean;
}

function wordsOf({ options }: GoBuild): readonly TypedFlag[] {
  const words = options.settings?.words ?? [];
  const flags: TypedFlag[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const [, name = '', joined] = /^--?([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    const isMerged = name === 'tags' || name === 'ldflags';
    const isAlone = isMerged && joined === undefined;
    const value = isAlone ? (words[++at] ?? '') : (joined ?? null);
    flags.push({ words: isAlone ? [word, value ?? ''] : [word], name, value, isMerged });
  }
  return flags;
}

function typedValues(build: GoBuild, wanted: string): readonly string[] {
  return wordsOf(build).flatMap(({ name, value }) => (name === wanted && value !== null ? [value] : []));
}

/** What the user says of a flag, typed or in GOFLAGS. */
function flagValue(build: GoBuild, name: string): string | null {
  return typedValues(build, name).at(-1) ?? goFlagValue(build.project, name);
}

/** The last value of a flag in GOFLAGS; null when it is not there. */
function goFlagValue({ goFlags }: GoProject, name: string): string | null {
  const pattern = new RegExp(`^--?${name}=(.*)$`, 's');
  return goFlags.flatMap((flag) => pattern.exec(flag)?.[1] ?? []).at(-1) ?? null;
}

function environment(build: GoBuild): Readonly<Record<string, string>> {
  const { project, rung, options, c } = build;
  const compilers = compilersOf(build);
  const cgo = rung !== 'static-go' && (project.usesCgo || c !== null);
  return {
    GOOS: 'linux',
    GOARCH: options.platform.architecture,
    ...armOf(options.platform),
    // A closure of pure Go is what the user's own `go build` makes: the go command decides about cgo (net, os/user).
    ...(rung === 'static-go' ? { CGO_ENABLED: '0' } : cgo ? { CGO_ENABLED: '1' } : {}),
    ...(compilers === null
      ? {}
      : { CC: goWord(join(compilers.directory, 'cc')), CXX: goWord(join(compilers.directory, 'c++')) }),
    ...(compilers?.files.some(({ path }) => path === join(compilers.directory, 'pkg-config')) === true
      ? { PKG_CONFIG: join(compilers.directory, 'pkg-config') }
      : {}),
    ...(options.offline === true ? { GOPROXY: 'off' } : {}),
  };
}

/** GOARM is the number of ARM's variant; of the environment only where nobody names another. */
function armOf({ architecture, variant }: PlanOptions['platform']): Readonly<Record<string, string>> {
  if (architecture !== 'arm' || variant === undefined) return {};
  return { GOARM: variant.slice(1) };
}

/** The go command takes a compiler with arguments, but build caches and quoting are simpler with one word. */
function compilersOf({ options, tools, c }: GoBuild): SharedCompilers | null {
  if (c === null) return null;
  return sharedCompilers(options, c, (directory) => {
    const script = (name: string, text: string): PlannedFile => ({
      path: join(directory, name),
      content: { kind: 'text', text, mode: 0o755 },
    });
    const headers = kernelHeaders(c, tools, join(directory, 'kernel-headers'));
    const extra = c.family === 'zig' ? ['-fno-sanitize=undefined', '-Qunused-arguments'] : headers.flags;
    const linking = c.isWrapper ? ['-Wl,--no-dynamic-linker'] : [];
    const libraries = c.libc === 'musl' ? (options.libraries ?? null) : null;
    const compiler = (words: readonly string[]): string =>
      libraries === null ? forwardingWrapper(words) : libraryCompiler(words, libraries);
    const pkgConfig = libraryPkgConfig(tools, libraries);
    return [
      script('cc', compiler([...c.cc, ...extra, ...linking])),
      script(
        'c++',
        c.cxx === null ? refusingWrapper(`${c.label} has no C++`) : compiler([...c.cxx, ...extra]),
      ),
      ...(pkgConfig === null ? [] : [script('pkg-config', pkgConfig)]),
      ...headers.files,
    ];
  });
}

/** zig's linker keeps the symbols of its C library although -s is asked for. */
function finishSteps({ tools, options, c }: GoBuild): readonly FinishStep[] {
  const strip = tools.build.strip[options.platform.architecture];
  if (c?.family !== 'zig' || options.profile === 'debug' || strip === undefined) return [];
  return [{ kind: 'strip', program: strip.path, args: [...strip.argvPrefix, '--strip-all'] }];
}

/** The go command splits CC at spaces, as a shell would. */
function goWord(path: string): string {
  return /\s/.test(path) ? `'${path}'` : path;
}

function describeToolchain({ project, rung, go, c }: GoBuild): string {
  const version = `go ${go.version ?? ''}`.trim();
  if (rung === 'static-go') return `${version} (CGO_ENABLED=0)`;
  if (c !== null) return `${version} (cgo with ${c.label})`;
  return project.usesCgo ? `${version} (cgo)` : version;
}

function tradesOf(build: GoBuild): readonly string[] {
  const { project, rung, options } = build;
  const { cgoReplaced } = project;
  return [
    ...(rung === 'static-go' && cgoReplaced.length > 0
      ? [`CGO_ENABLED=0: Go code takes the place of C in ${listNames(cgoReplaced, NAMED_LIMIT)}`]
      : []),
    ...(options.profile === 'smallest' && flagValue(build, 'gcflags') === null
      ? ['-gcflags=all=-l: no function is inlined, so it runs slower']
      : []),
  ];
}

function unavailable(reason: string, hint: string): PlanOutcome {
  return { kind: 'unavailable', reason, hint };
}
