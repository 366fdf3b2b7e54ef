import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { findTool } from '../../core/find-tool.ts';
import { openByteSource } from '../../core/byte-source.ts';
import { findHeaderPackages } from './find-header-packages.ts';
import { findZig } from './find-zig.ts';
import { hostArchitecture, MACHINES } from '../../core/machines.ts';
import { findPrograms } from './search-path.ts';
import { isDirectory } from '../../core/stat-path.ts';
import { askTool, type AskOptions, toolWithVersion, versionIn } from './ask-tool.ts';
import { abiOfArchitecture, gnuTriple, machineOfTriple } from '../../core/machine-abis.ts';

import type { BuildTools, Compiler, CTools, Tool } from './tools.ts';

/** Compilers of these names are looked for beside plain gcc and clang: `aarch64-linux-gnu-gcc`, `x86_64-linux-musl-g++`. */
const CROSS_C = /^[a-z0-9_]+(-[a-z0-9]+)?-linux-(gnu|musl)[a-z0-9]*-gcc$/;
const CROSS_CXX = /^[a-z0-9_]+(-[a-z0-9]+)?-linux-(gnu|musl)[a-z0-9]*-g\+\+$/;

const NATIVE = /^(gcc|cc|clang|g\+\+|c\+\+|clang\+\+)$/;

/** Read of a wrapper script and of features.h. */
const WRAPPER_LIMIT_BYTES = 16 * 1024;
const HEADER_LIMIT_BYTES = 256 * 1024;

/** A machine with more cross compilers than this has its first ones asked. */
const MAX_CROSS_COMPILERS = 32;

/** The C and C++ compilers of PATH, each asked what it is; nothing is compiled. */
export async function findCTools(directories: readonly string[], options: AskOptions): Promise<CTools> {
  const cPaths = compilerPaths(['gcc', 'cc', 'clang', 'musl-gcc'], CROSS_C, directories);
  const cxxPaths = compilerPaths(['g++', 'c++', 'clang++', 'musl-g++'], CROSS_CXX, directories);
  const [c, cxx, zig] = await Promise.all([
    Promise.all(cPaths.map((path) => describeCompiler(path, options))),
    Promise.all(cxxPaths.map((path) => describeCompiler(path, options))),
    findZig(directories, options),
  ]);
  return {
    cCompilers: c.filter((compiler) => compiler !== null),
    cxxCompilers: cxx.filter((compiler) => compiler !== null),
    zig,
    kernelHeaders: findKernelHeaders(),
    headerPackages: findHeaderPackages(),
  };
}

/** Plain names in order, then cross names; a driver that is reachable by two names is kept once, by its first. */
function compilerPaths(
  names: readonly string[],
  cross: RegExp,
  directories: readonly string[],
): readonly string[] {
  const plain = names.map((name) => findTool(name, directories)).filter((path) => path !== null);
  const all = [...plain, ...findPrograms(cross, directories).slice(0, MAX_CROSS_COMPILERS)];
  const byTarget = new Map<string, string>();
  for (const path of all) {
    const real = realpathSync(path);
    if (!byTarget.has(real)) byTarget.set(real, path);
  }
  return [...byTarget.values()];
}

/** Two questions, for both gcc and clang: `-v` prints the target and the version, the other where libraries are. */
async function describeCompiler(path: string, options: AskOptions): Promise<Compiler | null> {
  const tool: Tool = { path, argvPrefix: [], version: null };
  const [about, searched] = await Promise.all([
    askTool(tool, ['-v'], options),
    askTool(tool, ['-print-search-dirs'], options),
  ]);
  const machine = /^Target: (\S+)$/m.exec(about ?? '')?.[1];
  if (about === null || machine === undefined) return null;
  const wrapper = isWrapper(path, machine);
  const triple = wrapper ? machine.replace(/-[a-z]+$/, '-musl') : machine;
  const architecture = architectureOfTriple(triple);
  if (architecture === null) return null;
  const directories = wrapper ? wrapperLibraries(path) : librariesIn(searched ?? '');
  const libc = /musl/.test(triple) ? 'musl' : /-linux-gnu/.test(triple) ? 'glibc' : 'other';
  const kind = wrapper ? 'wrapper' : NATIVE.test(basename(path)) ? 'native' : 'cross';
  const libraryDirectory = directories.find((directory) => existsSync(join(directory, 'libc.a'))) ?? null;
  return {
    ...tool,
    version: versionOf(about),
    family: /clang version/i.test(about) ? 'clang' : 'gcc',
    architecture,
    libc,
    kind,
    libcVersion: kind === 'native' && libc === 'glibc' ? installedGlibc() : null,
    libraryDirectory,
    staticLibc: libraryDirectory !== null,
    staticCxx: directories.some((directory) =>
      ['libstdc++.a', 'libc++.a'].some((name) => existsSync(join(directory, name))),
    ),
  };
}

function versionOf(about: string): string | null {
  const line = about.split('\n').find((candidate) => /\b(gcc|clang) version\b/.test(candidate));
  return versionIn(line ?? null);
}

function librariesIn(searched: string): readonly string[] {
  const line = /^libraries: =(.*)$/m.exec(searched)?.[1] ?? '';
  return line
    .split(':')
    .filter((path) => path.startsWith('/'))
    .map((path) => normalize(path));
}

/** The wrapper's specs lie beside musl's libraries; the driver below it would print the host's folders. */
function wrapperLibraries(path: string): readonly string[] {
  const specs = /-specs[= ]"?(\/[^"\s]+)"?/.exec(readText(path, WRAPPER_LIMIT_BYTES))?.[1];
  return specs === undefined ? [] : [dirname(specs)];
}

function installedGlibc(): string | null {
  const text = readText('/usr/include/features.h', HEADER_LIMIT_BYTES);
  const major = /^#define\s+__GLIBC__\s+(\d+)/m.exec(text)?.[1];
  const minor = /^#define\s+__GLIBC_MINOR__\s+(\d+)/m.exec(text)?.[1];
  return major === undefined || minor === undefined ? null : `${major}.${minor}`;
}

/** The start of a file as text; empty when it cannot be read. */
function readText(path: string, limitBytes: number): string {
  try {
    const source = openByteSource(path);
    const text = source.read(0, limitBytes).toString('latin1');
    source.close();
    return text;
  } catch {
    return '';
  }
}

/** What linux-libc-dev installs beside glibc's headers; `asm` is in the multiarch folder on Debian. */
function findKernelHeaders(): Readonly<Record<string, string>> {
  const abi = abiOfArchitecture(hostArchitecture());
  const multiarch = abi === null ? [] : [`/usr/include/${gnuTriple(abi)}`];
  const found: Record<string, string> = {};
  for (const name of ['linux', 'asm', 'asm-generic', 'mtd', 'sound', 'rdma', 'video', 'xen', 'drm', 'misc']) {
    const path = ['/usr/include', ...multiarch].map((directory) => join(directory, name)).find(isDirectory);
    if (path !== undefined) found[name] = path;
  }
  return found;
}

/** OCI's architecture of a triple, or of a tool's name that begins with one; null where it has none. */
function architectureOfTriple(triple: string): string | null {
  const machine = machineOfTriple(triple);
  return (machine === null ? null : MACHINES[machine].oci?.architecture) ?? null;
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
  options: AskOptions & { readonly versions: boolean },
): Promise<BuildTools> {
  const named = async (name: string): Promise<Tool | null> => {
    const path = findTool(name, directories);
    if (path === null || !options.versions)
      return path === null ? null : { path, argvPrefix: [], version: null };
    return toolWithVersion(path, ['--version'], options);
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
  for (const path of findPrograms(/^[a-z0-9_]+(-[a-z0-9]+)?-linux-(gnu|musl)[a-z0-9]*-strip$/, directories)) {
    const architecture = architectureOfTriple(basename(path));
    if (architecture !== null) strips[architecture] ??= { path, argvPrefix: [], version: null };
  }
  // Most distributions give the machine's own one no triple.
  const own = findTool('strip', directories);
  if (own !== null) strips[hostArchitecture()] ??= { path: own, argvPrefix: [], version: null };
  return strips;
}
