import { existsSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { findZig } from './find-zig.ts';
import { architectureOfTriple } from './architecture.ts';
import { findProgram, findPrograms, isDirectory } from './find-program.ts';
import { probe, type ProbeOptions, probeTool, versionIn } from './probe.ts';
import type { BuildTools, Compiler, CTools, Tool } from './tools.ts';

/** Compilers of these names are looked for beside plain gcc and clang: `aarch64-linux-gnu-gcc`, `x86_64-linux-musl-g++`. */
const CROSS_C = /^[a-z0-9_]+(-[a-z0-9]+)?-linux-(gnu|musl)[a-z0-9]*-gcc$/;
const CROSS_CXX = /^[a-z0-9_]+(-[a-z0-9]+)?-linux-(gnu|musl)[a-z0-9]*-g\+\+$/;

const NATIVE = /^(gcc|cc|clang|g\+\+|c\+\+|clang\+\+)$/;

/** A machine with more cross compilers than this has its first ones probed. */
const MAX_CROSS_COMPILERS = 32;

/** The C and C++ compilers of PATH, each asked what it is; nothing is compiled. */
export async function findCTools(directories: readonly string[], options: ProbeOptions): Promise<CTools> {
  const cPaths = compilerPaths(['gcc', 'cc', 'clang', 'musl-gcc'], CROSS_C, directories);
  const cxxPaths = compilerPaths(['g++', 'c++', 'clang++', 'musl-g++'], CROSS_CXX, directories);
  const [c, cxx, zig] = await Promise.all([
    Promise.all(cPaths.map((path) => probeCompiler(path, options))),
    Promise.all(cxxPaths.map((path) => probeCompiler(path, options))),
    findZig(directories, options),
  ]);
  return {
    cCompilers: c.filter((compiler) => compiler !== null),
    cxxCompilers: cxx.filter((compiler) => compiler !== null),
    zig,
    kernelHeaders: isDirectory('/usr/include/linux') ? '/usr/include' : null,
  };
}

/** Plain names in order, then cross names; a driver that is reachable by two names is kept once, by its first. */
function compilerPaths(
  names: readonly string[],
  cross: RegExp,
  directories: readonly string[],
): readonly string[] {
  const plain = names.map((name) => findProgram(name, directories)).filter((path) => path !== null);
  const all = [...plain, ...findPrograms(cross, directories).slice(0, MAX_CROSS_COMPILERS)];
  const byTarget = new Map<string, string>();
  for (const path of all) {
    const real = realpathSync(path);
    if (!byTarget.has(real)) byTarget.set(real, path);
  }
  return [...byTarget.values()];
}

/** Two questions, for both gcc and clang: `-v` prints the target and the version, the other where libraries are. */
async function probeCompiler(path: string, options: ProbeOptions): Promise<Compiler | null> {
  const tool: Tool = { path, argvPrefix: [], version: null };
  const [about, searched] = await Promise.all([
    probe(tool, ['-v'], options),
    probe(tool, ['-print-search-dirs'], options),
  ]);
  const machine = /^Target: (\S+)$/m.exec(about ?? '')?.[1];
  if (about === null || machine === undefined) return null;
  const wrapper = isWrapper(path, machine);
  const triple = wrapper ? machine.replace(/-[a-z]+$/, '-musl') : machine;
  const architecture = architectureOfTriple(triple);
  if (architecture === null) return null;
  const hasLibrary = librariesIn(searched ?? '');
  return {
    ...tool,
    version: versionOf(about),
    family: /clang version/i.test(about) ? 'clang' : 'gcc',
    architecture,
    libc: /musl/.test(triple) ? 'musl' : /-linux-gnu/.test(triple) ? 'glibc' : 'other',
    kind: wrapper ? 'wrapper' : NATIVE.test(basename(path)) ? 'native' : 'cross',
    // The wrapper's specs name its own folder; the driver below it still searches the host's (glibc's).
    staticLibc: wrapper || hasLibrary('libc.a'),
    staticCxx: !wrapper && (hasLibrary('libstdc++.a') || hasLibrary('libc++.a')),
  };
}

function versionOf(about: string): string | null {
  const line = about.split('\n').find((candidate) => /\b(gcc|clang) version\b/.test(candidate));
  return versionIn(line ?? null);
}

function librariesIn(searched: string): (name: string) => boolean {
  const line = /^libraries: =(.*)$/m.exec(searched)?.[1] ?? '';
  const directories = line.split(':').filter((path) => path.startsWith('/'));
  return (name) => directories.some((directory) => existsSync(join(directory, name)));
}

/** musl-gcc is a script around the host's gcc and says the host's triple; its own name tells the libc. */
function isWrapper(path: string, machine: string): boolean {
  return /musl/.test(basename(path)) && !/musl/.test(machine);
}

/**
 * make, CMake and their kind. Meson and autoreconf are scripts that take longer to say their version than all
 * compilers together, so versions are asked for only with `versions`.
 */
export async function findBuildTools(
  directories: readonly string[],
  options: ProbeOptions & { readonly versions: boolean },
): Promise<BuildTools> {
  const named = async (name: string): Promise<Tool | null> => {
    const path = findProgram(name, directories);
    if (path === null || !options.versions)
      return path === null ? null : { path, argvPrefix: [], version: null };
    return probeTool(path, ['--version'], options);
  };
  const [gmake, make, cmake, meson, ninja, autoreconf, pkgConfig] = await Promise.all(
    ['gmake', 'make', 'cmake', 'meson', 'ninja', 'autoreconf', 'pkg-config'].map(named),
  );
  return {
    make: gmake ?? make ?? null,
    cmake: cmake ?? null,
    meson: meson ?? null,
    ninja: ninja ?? null,
    autoreconf: autoreconf ?? null,
    pkgConfig: pkgConfig ?? null,
    strip: findStrips(directories),
  };
}

/** GNU strip handles its own architecture only; llvm-strip handles all. Versions do not matter for it. */
function findStrips(directories: readonly string[]): Readonly<Record<string, Tool>> {
  const strips: Record<string, Tool> = {};
  for (const path of findPrograms(/^[a-z0-9_]+-linux-(gnu|musl)[a-z0-9]*-strip$/, directories)) {
    const architecture = architectureOfTriple(basename(path));
    if (architecture !== null) strips[architecture] ??= { path, argvPrefix: [], version: null };
  }
  return strips;
}
