import type { Rung } from '../../core/choices.ts';
import type { CProject } from '../../project/project.ts';
import { abiOfArchitecture, gnuTriple, muslTriple } from '../../core/machine-abis.ts';
import { machineOfArchitecture } from '../../core/machines.ts';

import { type Compiler, type Tool, toolArgv, type Tools } from '../find/tools.ts';

/** A C compiler, and the C++ compiler of the same C library where there is one, for one rung. */
export interface CToolchain {
  /** In the user's words: `musl-gcc 12.2.0`. */
  readonly label: string;
  readonly family: 'gcc' | 'clang' | 'zig';
  /** Debian's musl-gcc: specs around the host's gcc, which always pass -dynamic-linker. */
  readonly isWrapper: boolean;
  readonly cc: readonly string[];
  readonly cxx: readonly string[] | null;
  /** `x86_64-linux-musl`. */
  readonly triple: string;
  readonly architecture: string;
  readonly libc: 'musl' | 'glibc';
  readonly isStatic: boolean;
  /** glibc's version where it is known. */
  readonly libcVersion: string | null;
  /** Where its own libraries are; null for zig, which makes them when it links. */
  readonly libraryDirectory: string | null;
  /** zig's archiver knows its own LTO objects; null means the `ar` of PATH. */
  readonly archiver: readonly string[] | null;
}

/** Toolchains of this machine that can make the project for a rung, the best first. Pure. */
export function toolchainsFor(
  project: Pick<CProject, 'language'>,
  rung: Rung,
  tools: Tools,
  architecture: string,
): readonly CToolchain[] {
  const matching = (compilers: readonly Compiler[]): readonly Compiler[] =>
    compilers.filter((compiler) => compiler.architecture === architecture);
  const c = matching(tools.c.cCompilers);
  const cxx = matching(tools.c.cxxCompilers);
  const gnu = c.flatMap((cc) => gnuToolchain(cc, partnerOf(cc, cxx), rung, architecture));
  const zig = rung === 'static-musl' ? zigToolchain(tools.c.zig, architecture) : null;
  const all = zig === null ? gnu : [...gnu, zig];
  return project.language === 'c' ? all : all.filter((toolchain) => toolchain.cxx !== null);
}

/** The C++ driver of the same compiler for the same C library. */
function partnerOf(cc: Compiler, cxx: readonly Compiler[]): Compiler | null {
  return (
    cxx.find(
      (candidate) =>
        candidate.libc === cc.libc && candidate.family === cc.family && candidate.kind === cc.kind,
    ) ?? null
  );
}

function gnuToolchain(
  cc: Compiler,
  cxx: Compiler | null,
  rung: Rung,
  architecture: string,
): readonly CToolchain[] {
  if (!servesRung(cc, rung) || cc.libc === 'other') return [];
  const isStatic = rung === 'static-musl' || rung === 'static-glibc';
  const usableCxx = cxx !== null && (!isStatic || cxx.staticCxx) ? cxx : null;
  return [
    {
      label: `${basename(cc.path)} ${cc.version ?? ''}`.trim(),
      family: cc.family,
      isWrapper: cc.kind === 'wrapper',
      cc: toolArgv(cc),
      cxx: usableCxx === null ? null : toolArgv(usableCxx),
      triple: tripleFor(architecture, cc.libc),
      architecture,
      libc: cc.libc,
      isStatic,
      libcVersion: cc.libcVersion,
      libraryDirectory: cc.libraryDirectory,
      archiver: null,
    },
  ];
}

function servesRung(cc: Compiler, rung: Rung): boolean {
  if (rung === 'static-musl') return cc.libc === 'musl' && cc.staticLibc;
  if (rung === 'static-glibc') return cc.libc === 'glibc' && cc.staticLibc;
  // What the program is linked with when its user types `make`: the machine's own compiler.
  return rung !== 'static-go' && cc.kind !== 'wrapper';
}

function zigToolchain(zig: Tool | null, architecture: string): CToolchain | null {
  const abi = abiOfArchitecture(architecture);
  if (zig === null || abi === null) return null;
  // Where GNU says i386, zig says x86.
  const isI386 = machineOfArchitecture(architecture) === 'i386';
  const triple = muslTriple(isI386 ? { ...abi, cpu: 'x86' } : abi);
  return {
    label: `zig cc ${zig.version ?? ''}`.trim(),
    family: 'zig',
    isWrapper: false,
    cc: [...toolArgv(zig), 'cc', '-target', triple],
    cxx: [...toolArgv(zig), 'c++', '-target', triple],
    triple: tripleFor(architecture, 'musl'),
    architecture,
    libc: 'musl',
    isStatic: true,
    libcVersion: null,
    libraryDirectory: null,
    archiver: toolArgv(zig),
  };
}

/** GNU triple of an OCI architecture; made of its own word where it has no row. */
export function tripleFor(architecture: string, libc: 'musl' | 'glibc'): string {
  const abi = abiOfArchitecture(architecture);
  const known = abi === null ? null : libc === 'musl' ? muslTriple(abi) : gnuTriple(abi);
  return known ?? `${architecture}-linux-${libc === 'musl' ? 'musl' : 'gnu'}`;
}

/** The processor as CMake and Meson name it, which is as GNU triples do. */
export function processorOf({ architecture }: CToolchain): string {
  return abiOfArchitecture(architecture)?.cpu ?? architecture;
}

function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
