import { join } from 'node:path';
import type { Rung } from '../../core/choices.ts';
import type { CProject } from '../../project/project.ts';
import { hostArchitecture } from '../../core/machines.ts';
import type { BuildSettings } from '../../project/build-settings.ts';
import type { Artifact, CompilePlan, OrdinaryCompiler, PlannedFile, PlanOptions } from '../plan.ts';
import { C_FLAG_VARIABLES, environmentNotes, setVariables } from '../settings/environment-flags.ts';

import type { Tool, Tools } from '../find/tools.ts';
import { headerPackageFiles, headerPackageFlags, headerPackageModules } from './header-packages.ts';
import { callsFolder, lackedFile, leftOutFile } from '../left-out-words.ts';
import { prepareCommands } from '../settings/prepare-commands.ts';
import { cFlags, type CFlags, stackSteps } from './c-flags.ts';
import { libraryFolderFlags, libraryHeaderFlags } from './library-flags.ts';
import type { LibrarySysroot } from './library-sysroot.ts';
import { type CToolchain, toolchainsFor } from './c-toolchain.ts';
import { userFlags } from './user-flags.ts';
import { compilerWrapper, forwardingWrapper, packageWrapper, refusingWrapper } from './compiler-wrapper.ts';

/** What every build system's planner is given. */
export interface CBuild {
  readonly project: CProject;
  readonly rung: Rung;
  readonly toolchain: CToolchain;
  readonly tools: Tools;
  readonly options: PlanOptions;
  readonly layout: WorkLayout;
  readonly settings: BuildSettings;
  /** The folder that is built: the project's own, or the copy of it where one is made. */
  readonly sources: string;
}

/** Folders of one work directory. */
export interface WorkLayout {
  readonly work: string;
  /** The copy of the sources, where one is made. */
  readonly sources: string;
  readonly build: string;
  /** `cc`, `c++`, `pkg-config`: first in PATH. */
  readonly bin: string;
  /** What CMake and pkg-config may find in place of the host's libraries. */
  readonly sysroot: string;
  readonly kernelHeaders: string;
}

export function workLayout(work: string): WorkLayout {
  return {
    work,
    sources: join(work, 'src'),
    build: join(work, 'build'),
    bin: join(work, 'bin'),
    sysroot: join(work, 'sysroot'),
    kernelHeaders: join(work, 'kernel-headers'),
  };
}

/** The parts of a plan that a build system decides; the rest is the same for all. */
export type CBuildSteps = Pick<CompilePlan, 'commands' | 'artifact' | 'cleanDirectories'> & {
  readonly files?: readonly PlannedFile[];
  readonly notes?: readonly string[];
  readonly configuration?: CompilePlan['configuration'];
  /** The call of a plan that is one; recorded calls otherwise. */
  readonly call?: OrdinaryCompiler['about'];
};

/** Assembles the plan around a build system's steps. */
export function planOf(build: CBuild, steps: CBuildSteps): CompilePlan {
  const { rung, toolchain, options, project, sources } = build;
  const isCopied = sources !== project.directory;
  const strip = stripOf(build);
  const keepsSymbols = options.profile === 'debug';
  return {
    rung,
    toolchain: toolchainLabel(toolchain),
    workDirectory: options.workDirectory,
    cleanDirectories: [...new Set([...steps.cleanDirectories, ...(isCopied ? [sources] : [])])],
    prepare: prepareCommands(options.prepare, sources, buildEnvironment(build)),
    commands: steps.commands,
    files: steps.files ?? [],
    copySources: isCopied ? { from: project.directory, to: sources, exclude: [] } : null,
    configuration: steps.configuration ?? null,
    ordinary: ordinaryOf(build, steps.call ?? { kind: 'recorded', path: recordPath(build.layout) }),
    artifact: steps.artifact,
    finish: [
      ...(keepsSymbols || strip === undefined
        ? []
        : [{ kind: 'strip', program: strip.path, args: [...strip.argvPrefix, '--strip-all'] } as const]),
      ...stackSteps(toolchain, options.stackSizeBytes),
      ...(options.profile === 'smallest' ? [{ kind: 'drop-section-headers' } as const] : []),
    ],
    fallback: null,
    trades: flagsFor(build, build.project.language).trades,
    notes: [...(steps.notes ?? []), ...environmentNotes(options.environment, C_FLAG_VARIABLES)],
    experimental: null,
  };
}

function toolchainLabel(toolchain: CToolchain): string {
  const libc =
    toolchain.family === 'zig' || toolchain.libcVersion === null
      ? toolchain.libc
      : `${toolchain.libc} ${toolchain.libcVersion}`;
  return `${toolchain.label} (${libc}${toolchain.isStatic ? ', static' : ', dynamic'})`;
}

/** zig strips when it links: it builds its own libraries once more for programs that keep their symbols. */
function stripOf({ toolchain, tools }: CBuild): Tool | undefined {
  return toolchain.family === 'zig' ? undefined : tools.build.strip[toolchain.architecture];
}

/** Flags of one compiler of the build. Without a strip program the linker leaves the symbols out itself. */
export function flagsFor(build: CBuild, language: 'c' | 'c++'): CFlags {
  const { toolchain, options, project, layout, tools } = build;
  const single = project.buildSystem === 'single';
  const flags = cFlags(toolchain, {
    language,
    profile: options.profile,
    pathMap: [
      [layout.sources, '.'],
      [layout.build, 'build'],
      [project.directory, '.'],
    ],
    kernelHeaders: Object.keys(tools.c.kernelHeaders).length > 0 ? layout.kernelHeaders : null,
    stackSizeBytes: options.stackSizeBytes,
    allocator: options.allocator,
    wholeProgram: single,
  });
  const noStrip = options.profile !== 'debug' && stripOf(build) === undefined;
  const user = userFlags(build, language);
  return {
    ...flags,
    before: [...flags.before, ...libraryHeaderFlags(librariesOf(build)), ...headerPackageFlags(build)],
    after: [...flags.after, ...user.compile],
    link: [
      ...user.link,
      ...libraryFolderFlags(librariesOf(build)),
      ...flags.link,
      ...(noStrip ? ['-s'] : []),
    ],
  };
}

/** Libraries that were built for this C library; null where there are none. */
export function librariesOf({ toolchain, options }: CBuild): LibrarySysroot | null {
  return toolchain.libc === 'musl' && toolchain.isStatic ? (options.libraries ?? null) : null;
}

/** Links to the kernel's headers, for musl-gcc, which looks at musl's own only. */
export function kernelHeaderFiles({ toolchain, tools, layout }: CBuild): readonly PlannedFile[] {
  if (!toolchain.isWrapper) return [];
  return Object.entries(tools.c.kernelHeaders).map(([name, target]) => ({
    path: join(layout.kernelHeaders, name),
    content: { kind: 'symlink', target },
  }));
}

export interface CompilerNames {
  readonly c: readonly [string, ...string[]];
  readonly cxx: readonly [string, ...string[]];
}

/**
 * Names of the wrappers. On this machine's own architecture they stand in for every compiler that a Makefile may call;
 * for another one `cc` must stay the host's, since builds make helpers that run here.
 */
export function compilerNames(build: CBuild): CompilerNames {
  const { triple } = build.toolchain;
  return isCross(build)
    ? { c: [`${triple}-gcc`], cxx: [`${triple}-g++`] }
    : { c: ['cc', 'gcc', 'clang'], cxx: ['c++', 'g++', 'clang++'] };
}

/** What the closure is compiled with, and asked about what a compiler for musl refuses. */
function ordinaryOf(build: CBuild, about: OrdinaryCompiler['about']): OrdinaryCompiler | null {
  const { rung, project, tools, options } = build;
  if (rung !== 'static-musl') return null;
  const [own] = toolchainsFor(project, 'closure', tools, options.platform.architecture);
  if (own === undefined || own.libc !== 'glibc') return null;
  return { c: own.cc, cxx: own.cxx, env: buildEnvironment({ ...build, toolchain: own }), about };
}

function recordPath({ work }: WorkLayout): string {
  // In the folder that a sandboxed build may write to, and that ends with a build.
  return join(work, 'tmp', 'refused-call');
}

/** The compilers under all names by which a Makefile may call them, and what they need. */
export function wrapperFiles(build: CBuild): readonly PlannedFile[] {
  const { toolchain, layout, tools, project } = build;
  const names = compilerNames(build);
  const script = (name: string, text: string): PlannedFile => ({
    path: join(layout.bin, name),
    content: { kind: 'text', text, mode: 0o755 },
  });
  const link = (name: string, target: string): PlannedFile => ({
    path: join(layout.bin, name),
    content: { kind: 'symlink', target },
  });
  const leftOut = leftOutFile(layout.work);
  const path = recordPath(layout);
  // Where sources are copied, what is compiled again after an edit is known by them.
  const calls = build.sources === project.directory ? null : callsFolder(layout.work);
  const asksForHeaders = project.buildSystem === 'make' || project.configure?.byAutoconf === false;
  const filesOf = (language: 'c' | 'c++') => ({
    leftOut,
    record:
      build.rung === 'static-musl'
        ? { path, lacked: lackedFile(layout.work), language, asksForHeaders }
        : null,
    calls,
    libraries: librariesOf(build),
    libraryDirectory: toolchain.libraryDirectory,
  });
  const cxx =
    toolchain.cxx === null
      ? refusingWrapper(`${toolchain.label} has no C++ compiler beside it`)
      : compilerWrapper(toolchain.cxx, flagsFor(build, 'c++'), filesOf('c++'));
  const archivers =
    toolchain.archiver === null
      ? []
      : ['ar', 'ranlib'].map((name) =>
          script(name, forwardingWrapper([...(toolchain.archiver ?? []), name])),
        );
  return [
    script(names.c[0], compilerWrapper(toolchain.cc, flagsFor(build, project.language), filesOf('c'))),
    ...names.c.slice(1).map((name) => link(name, names.c[0])),
    script(names.cxx[0], cxx),
    ...names.cxx.slice(1).map((name) => link(name, names.cxx[0])),
    ...archivers,
    ...pkgConfigFiles(build, tools.build.pkgConfig),
    ...kernelHeaderFiles(build),
    ...headerPackageFiles(build),
  ];
}

function pkgConfigFiles(build: CBuild, pkgConfig: Tool | null): readonly PlannedFile[] {
  const { toolchain, layout } = build;
  if (pkgConfig === null || !toolchain.isStatic) return [];
  const words = [pkgConfig.path, ...pkgConfig.argvPrefix, '--static'];
  const text =
    toolchain.libc === 'musl'
      ? packageWrapper(words, lackedFile(layout.work), librariesOf(build))
      : forwardingWrapper(words);
  return [{ path: join(layout.bin, 'pkg-config'), content: { kind: 'text', text, mode: 0o755 } }];
}

/** Variables that would make a build depend on the shell it was started from, or mix in another C library. */
const REMOVED_VARIABLES = [
  'CC', 'CXX', 'CPP', 'LD', 'CFLAGS', 'CXXFLAGS', 'CPPFLAGS', 'LDFLAGS', 'LDLIBS', 'LIBS',
  'CPATH', 'C_INCLUDE_PATH', 'CPLUS_INCLUDE_PATH', 'LIBRARY_PATH', 'LD_LIBRARY_PATH', 'LD_RUN_PATH',
  'MAKEFLAGS', 'MFLAGS', 'MAKELEVEL', 'MAKEOVERRIDES', 'CONFIG_SITE', 'DESTDIR',
  'CMAKE_GENERATOR', 'CMAKE_TOOLCHAIN_FILE', 'CMAKE_PREFIX_PATH', 'CMAKE_BUILD_TYPE',
]; // prettier-ignore

/** The environment of every command of a C build, laid over the user's own. */
export function buildEnvironment(build: CBuild): Readonly<Record<string, string | undefined>> {
  const { toolchain, tools, layout, options } = build;
  const musl = toolchain.libc === 'musl' && toolchain.isStatic;
  return {
    ...Object.fromEntries(REMOVED_VARIABLES.map((name) => [name, undefined])),
    // Named here, so that objects made with others are thrown away.
    ...setVariables(options.environment ?? {}, C_FLAG_VARIABLES),
    PATH: [layout.bin, ...tools.searchPath].join(':'),
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC0',
    // The host's .pc files name the host's libraries: for musl there are none but those beside its libc.
    ...(musl
      ? {
          PKG_CONFIG_LIBDIR: [
            join(toolchain.libraryDirectory ?? join(layout.sysroot, 'lib'), 'pkgconfig'),
            ...headerPackageModules(build),
          ].join(':'),
          PKG_CONFIG_PATH: undefined,
        }
      : {}),
  };
}

export function isCross({ toolchain, options }: CBuild): boolean {
  return toolchain.architecture !== (options.hostArchitecture ?? hostArchitecture());
}

/** Libraries that are part of libc in musl: build systems look for files of these names. */
const EMPTY_LIBRARIES = ['m', 'pthread', 'rt', 'dl', 'util', 'crypt', 'resolv', 'xnet'];

/**
 * The root in which CMake looks for libraries when the C library is not the host's: musl's own folder, or for zig
 * empty archives under the names that libc answers to (`find_library(m)`).
 */
export function sysrootFiles({ toolchain, layout }: CBuild): readonly PlannedFile[] {
  const lib = join(layout.sysroot, 'lib');
  if (toolchain.libraryDirectory !== null) {
    return [{ path: lib, content: { kind: 'symlink', target: toolchain.libraryDirectory } }];
  }
  return EMPTY_LIBRARIES.map((name) => ({
    path: join(lib, `lib${name}.a`),
    content: { kind: 'text', text: '!<arch>\n', mode: 0o644 },
  }));
}

/** Where the executables are looked for. */
export function searched({ project }: CBuild, directory: string): Artifact {
  const { binary: name, otherPrograms: others, preferred } = project;
  return { kind: 'search', directory, name, others, preferred };
}
