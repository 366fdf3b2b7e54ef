import { realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { architectureOfTriple } from './architecture.ts';
import { findProgram, findPrograms, isDirectory, isExecutableFile } from './find-program.ts';
import { probe, type ProbeOptions, probeTool, versionIn } from './probe.ts';
import type { BuildTools, Compiler, CTools, Tool } from './tools.ts';

/** Compilers of these names are looked for beside plain gcc and clang: `aarch64-linux-gnu-gcc`, `x86_64-linux-musl-g++`. */
const CROSS_C = /^[a-z0-9_]+(-[a-z0-9]+)?-linux-(gnu|musl)[a-z0-9]*-gcc$/;
const CROSS_CXX = /^[a-z0-9_]+(-[a-z0-9]+)?-linux-(gnu|musl)[a-z0-9]*-g\+\+$/;

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

async function probeCompiler(path: string, options: ProbeOptions): Promise<Compiler | null> {
  const tool: Tool = { path, argvPrefix: [], version: null };
  const [banner, machine, libc, cxx] = await Promise.all([
    probe(tool, ['--version'], options),
    probe(tool, ['-dumpmachine'], options),
    probe(tool, ['-print-file-name=libc.a'], options),
    probe(tool, ['-print-file-name=libstdc++.a'], options),
  ]);
  if (banner === null || machine === null) return null;
  const triple = tripleOf(path, machine.trim());
  const wrapper = isWrapper(path, machine.trim());
  const architecture = architectureOfTriple(triple);
  if (architecture === null) return null;
  return {
    ...tool,
    version: versionIn(banner),
    family: /clang/i.test(banner) ? 'clang' : 'gcc',
    architecture,
    libc: /musl/.test(triple) ? 'musl' : /-linux-gnu/.test(triple) ? 'glibc' : 'other',
    kind: wrapper
      ? 'wrapper'
      : /^(gcc|cc|clang|g\+\+|c\+\+|clang\+\+)$/.test(basename(path))
        ? 'native'
        : 'cross',
    // The wrapper's specs name its own folder; the driver below still prints the host's (glibc's) libc.a.
    staticLibc: wrapper || isAbsolute((libc ?? '').trim()),
    staticCxx: !wrapper && isAbsolute((cxx ?? '').trim()),
  };
}

/** musl-gcc is a script around the host's gcc and says the host's triple; its own name tells the libc. */
function isWrapper(path: string, machine: string): boolean {
  return /musl/.test(basename(path)) && !/musl/.test(machine);
}

function tripleOf(path: string, machine: string): string {
  return isWrapper(path, machine) ? machine.replace(/-[a-z]+$/, '-musl') : machine;
}

/** zig in PATH, or the one inside the Python package `ziglang` (its official packaging on PyPI). */
async function findZig(directories: readonly string[], options: ProbeOptions): Promise<Tool | null> {
  const inPath = findProgram('zig', directories);
  if (inPath !== null) return probeTool(inPath, ['version'], options);
  const python = findProgram('python3', directories);
  if (python === null) return null;
  // The package's program is started itself: `python3 -m ziglang` costs an interpreter for every source file.
  const script = 'import importlib.util as u; s = u.find_spec("ziglang"); print(s.origin if s else "")';
  const origin = await probe({ path: python, argvPrefix: [], version: null }, ['-c', script], options);
  const package_ = (origin ?? '').trim();
  const path = join(dirname(package_), 'zig');
  return package_ !== '' && isExecutableFile(path) ? probeTool(path, ['version'], options) : null;
}

/** make, CMake and their kind, with versions. */
export async function findBuildTools(
  directories: readonly string[],
  options: ProbeOptions,
): Promise<BuildTools> {
  const named = (name: string): Promise<Tool | null> =>
    probeTool(findProgram(name, directories), ['--version'], options);
  const gnuMake = findProgram('gmake', directories) ?? findProgram('make', directories);
  const [make, cmake, meson, ninja, autoreconf, pkgConfig] = await Promise.all([
    probeTool(gnuMake, ['--version'], options),
    named('cmake'),
    named('meson'),
    named('ninja'),
    named('autoreconf'),
    named('pkg-config'),
  ]);
  return { make, cmake, meson, ninja, autoreconf, pkgConfig, strip: findStrips(directories) };
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
