import { dirname, join, resolve } from 'node:path';
import { isBelow } from '../../core/is-below.ts';
import type { Tool, Tools } from '../find/tools.ts';
import type { SourceProject } from '../../project/project.ts';
import { languagePlaces } from '../languages.ts';
import type { CompilePlan } from '../plan.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Folders and files of the machine that a sandboxed build sees, by their paths on it; everything else is not there. */
export interface SandboxPlaces {
  readonly reads: readonly string[];
  /** These win where a path is in both. */
  readonly writes: readonly string[];
}

/** What is to be built, and with what. */
export interface SandboxedBuild {
  readonly project: SourceProject;
  readonly plan: CompilePlan;
  readonly tools: Tools;
  /** What all projects share, such as a standard library built from sources. */
  readonly sharedDirectory: string;
  /** What system calls are refused, as a filter for this machine; null where there is none. */
  readonly seccomp: Uint8Array | null;
}

/** What the planner of the places is told of the machine, so that it stays pure. */
export interface SandboxHost {
  readonly env: Environment;
  /** The absolute path without links; the path itself where nothing is. */
  readonly realPath: (path: string) => string;
}

/**
 * The sources, the toolchains and what is fetched already can be read; written are the build's own folders below the
 * work directory and the language's (cargo's target folder). What morsel itself writes and later uses by name (wrappers,
 * stamps, the finished program) is none of them. Pure.
 */
export function sandboxPlaces(
  { project, plan, tools, sharedDirectory }: SandboxedBuild,
  host: SandboxHost,
): SandboxPlaces {
  const artifact = plan.artifact.kind === 'file' ? dirname(plan.artifact.path) : plan.artifact.directory;
  const own = languagePlaces(project, host.env);
  return {
    reads: [
      project.directory,
      plan.workDirectory,
      sharedDirectory,
      ...toolchainPlaces(tools, host),
      ...own.reads,
    ],
    writes: outermost([
      artifact,
      ...plan.cleanDirectories,
      ...(plan.copySources === null ? [] : [plan.copySources.to]),
      ...own.writes,
      cacheFolder(plan),
    ]),
  };
}

function outermost(paths: readonly string[]): readonly string[] {
  return [...new Set(paths)].filter((path) => !paths.some((other) => isBelow(path, other)));
}

/** For compilers that keep a cache: this project's alone, as one build could poison another's. */
export function cacheFolder({ workDirectory }: CompilePlan): string {
  return join(workDirectory, 'cache');
}

/** Of each tool that is not the system's: its own folder, with what lies beside `bin` where that is a toolchain. */
export function toolchainPlaces(tools: Tools, host: SandboxHost): readonly string[] {
  const { c, build, go, rust } = tools;
  const programs: readonly (Tool | null)[] = [
    ...c.cCompilers,
    ...c.cxxCompilers,
    c.zig,
    build.make,
    build.cmake,
    build.meson,
    build.ninja,
    build.autoreconf,
    build.pkgConfig,
    ...Object.values(build.strip),
    go.go,
  ];
  const home = host.env['HOME'] ?? '/root';
  return [
    ...programs.flatMap((tool) => (tool === null ? [] : toolPlaces(tool.path, home, host))),
    ...rust.toolchains.map(({ sysroot }) => sysroot),
    ...(rust.unwinder === null ? [] : [rust.unwinder]),
    // Interpreters and helpers that tools call by name.
    ...tools.searchPath
      // pyenv's are scripts that look for the rest beside them.
      .flatMap((path) => (path.endsWith('/shims') ? [path, dirname(path)] : [path]))
      .filter((path) => !isAround(path, home)),
  ];
}

function toolPlaces(path: string, home: string, { realPath }: SandboxHost): readonly string[] {
  const real = realPath(path);
  const folder = dirname(real);
  const prefix = folder.endsWith('/bin') ? dirname(folder) : folder;
  const usable = [prefix, folder].find((place) => !isAround(place, home));
  return [path, usable ?? real];
}

/** The folder is the home folder or one above it: showing it would show everything. */
export function isAround(folder: string, home: string): boolean {
  return resolve(folder) === resolve(home) || isBelow(resolve(home), resolve(folder));
}
