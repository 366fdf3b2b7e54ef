/**
 * What the bytes of an ELF file say. Everything here is read, nothing is guessed: a question that the bytes do not
 * answer is `null` or `unknown`. Names are those of the gABI and of readelf.
 */
export interface ElfFacts {
  readonly path: string;
  readonly sizeBytes: number;
  readonly class: 32 | 64;
  readonly byteOrder: 'little' | 'big';
  /** `e_machine` as the kernel's name: `x86_64`, `aarch64`, `i386`, `arm`, `riscv64` …; `machine-<n>` when unnamed. */
  readonly machine: string;
  readonly type: 'EXEC' | 'DYN' | 'REL' | 'CORE' | 'other';
  readonly entry: number;
  readonly link: LinkKind;
  /** PT_INTERP: the kernel must be able to open exactly this path. */
  readonly interpreter: string | null;
  readonly soname: string | null;
  /** DT_NEEDED in file order. */
  readonly needed: readonly string[];
  /** DT_RPATH and DT_RUNPATH, unexpanded, as one colon-separated string each. */
  readonly rpath: string | null;
  readonly runpath: string | null;
  /** DT_FLAGS_1 (DF_1_NODEFLIB, DF_1_PIE …). */
  readonly flags1: number;
  /** DT_VERNEED. */
  readonly versionNeeds: readonly VersionNeed[];
  /** DT_VERDEF: version names this object provides. */
  readonly versionDefinitions: readonly string[];
  readonly libc: Libc;
  /** Why `libc` is what it says, in the user's words. */
  readonly libcEvidence: string;
  /** Highest GLIBC_x.y that this object itself asks for (not its libraries); null when it asks for none. */
  readonly minimumGlibc: string | null;
  readonly languages: readonly Language[];
  readonly stripped: boolean;
  /** PT_GNU_STACK with PF_X. */
  readonly executableStack: boolean;
  /** PT_GNU_STACK p_memsz: musl takes it as the default thread stack size. 0 when unset. */
  readonly stackSizeBytes: number;
  /** Count of R_*_IRELATIVE relocations: not applied by musl (hazards.md 1.3). */
  readonly irelativeCount: number;
  /** DT_RELR present: needs glibc >= 2.36 or musl >= 1.2.4. */
  readonly relr: boolean;
  readonly packedBy: 'upx' | null;
  readonly go: GoBuildInfo | null;
}

export type LinkKind = 'static' | 'static-pie' | 'dynamic' | 'shared';
export type Libc = 'glibc' | 'musl' | 'go' | 'dietlibc' | 'none' | 'unknown';
export type Language = 'c' | 'c++' | 'go' | 'rust';

export interface VersionNeed {
  /** vn_file: the library's DT_SONAME. */
  readonly library: string;
  readonly versions: readonly { readonly name: string; readonly weak: boolean }[];
}

export interface GoBuildInfo {
  /** `go1.24.4` */
  readonly version: string;
  readonly mainPackage: string | null;
  readonly mainModule: { readonly path: string; readonly version: string } | null;
  readonly modules: readonly { readonly path: string; readonly version: string }[];
  /** CGO_ENABLED, GOAMD64, -tags, -ldflags, vcs.revision … */
  readonly settings: Readonly<Record<string, string>>;
}
