/**
 * The tools that a machine has, as data: found by `findTools`, read by the planners, printed by `doctor`. Tests of
 * planners write such records by hand, so nothing here may need the tool itself.
 */
export interface Tool {
  /** Absolute path of the program to start. */
  readonly path: string;
  /** Words before the tool's own arguments: `['-m', 'ziglang']` for a Python module, else empty. */
  readonly argvPrefix: readonly string[];
  /** `12.2.0`; null when the tool does not say. */
  readonly version: string | null;
}

/** A C or C++ compiler driver and what it can link on this machine. */
export interface Compiler extends Tool {
  readonly family: 'gcc' | 'clang';
  /** What it makes programs for, in OCI's words: `amd64`, `arm64`. */
  readonly architecture: string;
  readonly libc: 'glibc' | 'musl' | 'other';
  /** `wrapper`: Debian's musl-gcc, a specs file around the host's gcc. */
  readonly kind: 'native' | 'cross' | 'wrapper';
  /** glibc's version from its headers (`2.36`); null for other libcs and cross compilers. */
  readonly libcVersion: string | null;
  /** Where libc.a is, when it is installed. */
  readonly libraryDirectory: string | null;
  /** libc.a is installed where the compiler looks for it. */
  readonly staticLibc: boolean;
  /** libstdc++.a is; false for a C compiler that has no C++ beside it. */
  readonly staticCxx: boolean;
}

export interface CTools {
  /** gcc, then clang, then cross and musl compilers; one entry a driver, the same driver under two names once. */
  readonly cCompilers: readonly Compiler[];
  readonly cxxCompilers: readonly Compiler[];
  /** `zig cc`: brings musl and libc++ for every architecture. */
  readonly zig: Tool | null;
  /** Folders of the kernel's headers (`linux`, `asm`) by name: Debian's musl-gcc does not look where they are. */
  readonly kernelHeaders: Readonly<Record<string, string>>;
  /** Packages that are headers alone; none by default. */
  readonly headerPackages?: readonly HeaderPackage[];
}

/** A package with nothing to link: what it has below /usr/include and /usr/share. */
export interface HeaderPackage {
  /** `nlohmann-json3-dev`. */
  readonly name: string;
  /** Names in /usr/include. */
  readonly headers: readonly string[];
  /** Folders in /usr/share/cmake. */
  readonly cmake: readonly string[];
  /** Files in /usr/share/pkgconfig. */
  readonly modules: readonly string[];
}

export interface BuildTools {
  readonly make: Tool | null;
  readonly cmake: Tool | null;
  readonly meson: Tool | null;
  readonly ninja: Tool | null;
  readonly autoreconf: Tool | null;
  readonly pkgConfig: Tool | null;
  /** strip programs by the architecture (OCI's word) that they can handle. */
  readonly strip: Readonly<Record<string, Tool>>;
}

export interface GoTools {
  readonly go: Tool | null;
}

export interface RustTools {
  /** The toolchain that `cargo` in PATH means comes first, then rustup's others, then the system's. */
  readonly toolchains: readonly RustToolchain[];
  /** LLVM's libunwind.a: what a standard library linked by musl-gcc unwinds with (gcc's own wants glibc); null when absent. */
  readonly unwinder: string | null;
}

export interface RustToolchain {
  /** `1.95.0-x86_64-unknown-linux-gnu` of the sysroot, or `system`. */
  readonly name: string;
  readonly cargo: Tool;
  readonly rustc: Tool;
  readonly channel: 'stable' | 'beta' | 'nightly' | 'dev';
  readonly sysroot: string;
  /** The one that the user's own `cargo build` would take in the project's directory. */
  readonly isDefault: boolean;
  /** Target triples whose standard library is installed. */
  readonly targets: readonly string[];
  /** The `library` folder of the standard library's sources, for build-std; null when they are not installed. */
  readonly librarySource: string | null;
  /** A folder of vendored crates that the standard library needs, where the sources bring one. */
  readonly libraryVendor: string | null;
}

export interface Tools {
  readonly c: CTools;
  readonly build: BuildTools;
  readonly go: GoTools;
  readonly rust: RustTools;
  /** The folders of PATH that were looked in, so that a message can name them. */
  readonly searchPath: readonly string[];
}

/** A machine without any tool; for tests, and as a base to spread. */
export const NO_TOOLS: Tools = {
  c: { cCompilers: [], cxxCompilers: [], zig: null, kernelHeaders: {} },
  build: { make: null, cmake: null, meson: null, ninja: null, autoreconf: null, pkgConfig: null, strip: {} },
  go: { go: null },
  rust: { toolchains: [], unwinder: null },
  searchPath: [],
};

/** The words that start a tool. */
export function toolArgv(tool: Tool): readonly string[] {
  return [tool.path, ...tool.argvPrefix];
}
