import type { ElfDefect } from './defect.ts';
import type { DlopenNote } from './dlopen-notes.ts';
import type { IsaLevel } from './gnu-notes.ts';
import type { Payload } from './payload.ts';

/**
 * What a loader asks of an object: the cheap part of `ElfFacts`, some three reads of a page each, whatever the size of
 * the file.
 */
export type ElfLinkage = Pick<
  ElfFacts,
  | 'path'
  | 'sizeBytes'
  | 'class'
  | 'byteOrder'
  | 'machine'
  | 'machineNumber'
  | 'osAbi'
  | 'abiVersion'
  | 'processorFlags'
  | 'type'
  | 'entry'
  | 'link'
  | 'interpreter'
  | 'soname'
  | 'needed'
  | 'rpath'
  | 'runpath'
  | 'flags'
  | 'flags1'
>;

/**
 * What the bytes of an ELF file say. Everything here is read, nothing is guessed: a question that the bytes do not
 * answer is `null` or `unknown`. Names are those of the gABI and of readelf.
 */
export interface ElfFacts {
  /** As it was given. */
  readonly path: string;
  /** Of the file, bytes. */
  readonly sizeBytes: number;
  /** EI_CLASS: bits of an address. */
  readonly class: 32 | 64;
  /** EI_DATA. */
  readonly byteOrder: 'little' | 'big';
  /** `e_machine` as the kernel's name: `x86_64`, `aarch64`, `i386`, `arm`, `riscv64` …; `machine-<n>` when unnamed. */
  readonly machine: string;
  /** `e_machine` as written: 62 is x86-64. */
  readonly machineNumber: number;
  /** EI_OSABI: 0 System V, 3 GNU. Says nothing about the libc: GNU ld writes 3 where it sees IFUNC, lld leaves 0. */
  readonly osAbi: number;
  /** EI_ABIVERSION. */
  readonly abiVersion: number;
  /** `e_flags`: the float ABI of ARM and RISC-V, the ABI of MIPS and POWER. */
  readonly processorFlags: number;
  /** `e_type`. */
  readonly type: 'EXEC' | 'DYN' | 'REL' | 'CORE' | 'other';
  /** `e_entry`: the address of the first instruction. */
  readonly entry: number;
  /** How it is linked. */
  readonly link: LinkKind;
  /** PT_INTERP: the kernel must be able to open exactly this path. */
  readonly interpreter: string | null;
  /** DT_SONAME; null for most programs. */
  readonly soname: string | null;
  /** DT_NEEDED in file order. */
  readonly needed: readonly string[];
  /** DT_RPATH, unexpanded, colon-separated. */
  readonly rpath: string | null;
  /** DT_RUNPATH, unexpanded, colon-separated. */
  readonly runpath: string | null;
  /** DT_FLAGS (DF_TEXTREL, DF_STATIC_TLS …). */
  readonly flags: number;
  /** DT_FLAGS_1 (DF_1_NODEFLIB, DF_1_PIE …). */
  readonly flags1: number;
  /** DT_VERNEED. */
  readonly versionNeeds: readonly VersionNeed[];
  /** DT_VERDEF: version names this object provides. */
  readonly versionDefinitions: readonly string[];
  /** The C library that it has or asks for. */
  readonly libc: Libc;
  /** Why `libc` is what it says, in the user's words. */
  readonly libcEvidence: string;
  /** Highest GLIBC_x.y that this object itself asks for (not its libraries); null when it asks for none. */
  readonly minimumGlibc: string | null;
  /** Asks for a GLIBC_PRIVATE version: runs only with the very same build of glibc. */
  readonly needsPrivateGlibc: boolean;
  /** Languages that left their marks in it. */
  readonly languages: readonly Language[];
  /** The lines of .comment: compilers and linkers, such as `rustc version 1.95.0 (…)`; empty when it was removed. */
  readonly toolchain: readonly string[];
  /** There is no .symtab (what `file` calls stripped). */
  readonly stripped: boolean;
  /** There are sections of debugging information (.debug_info, .zdebug_info). */
  readonly hasDebugInfo: boolean;
  /** False after `sstrip`, and in what UPX packs. */
  readonly hasSectionHeaders: boolean;
  /** NT_GNU_BUILD_ID, lower-case hex. */
  readonly buildId: string | null;
  /** PT_NOTE "Go": the build id that Go's linker writes, when it is not empty. */
  readonly goBuildId: string | null;
  /** NT_GNU_ABI_TAG, written by glibc's start files. */
  readonly abiTag: {
    /** `Linux` */
    readonly os: string;
    /** The oldest kernel that it is made for: `3.2.0`. */
    readonly kernel: string;
  } | null;
  /** The level that ld.so insists on; null when the bytes do not say, which is the usual case. */
  readonly isaLevel: IsaLevel | null;
  /** PT_TLS p_memsz, bytes for each thread; 0 when there is none. */
  readonly tlsSizeBytes: number;
  /** DT_TEXTREL or DF_TEXTREL: the loader must write into code. */
  readonly textRelocations: boolean;
  /** Bytes after the last byte that is loaded and the last section: an appended payload or signature. */
  readonly trailingBytes: number;
  /** PT_GNU_STACK with PF_X. */
  readonly executableStack: boolean;
  /** PT_GNU_STACK p_memsz: musl takes it as the default thread stack size. 0 when unset. */
  readonly stackSizeBytes: number;
  /** Count of R_*_IRELATIVE relocations: not applied by musl. */
  readonly irelativeCount: number;
  /** DT_RELR present: needs glibc >= 2.36 or musl >= 1.2.4. */
  readonly relr: boolean;
  /** Why it does not start although its headers are sound, as when its end is missing; null for nearly all. */
  readonly defect: ElfDefect | null;
  /** The packer that compressed it; null for nearly all. */
  readonly packedBy: 'upx' | null;
  /** What it carries for itself beside what the loader reads; null for nearly all. */
  readonly payload: Payload | null;
  /** Libraries that it opens by itself, as its `.note.dlopen` says. */
  readonly dlopen: readonly DlopenNote[];
  /** What Go's linker has written into it; null for other programs. */
  readonly go: GoBuildInfo | null;
}

/** `none` for REL and CORE files, which are not linked, and for debug files, which have no code. */
export type LinkKind = 'static' | 'static-pie' | 'dynamic' | 'shared' | 'none';
/** The C library; `bionic` is Android's. `go`: none but Go's own runtime; `unknown`: the bytes do not say. */
export type Libc = 'glibc' | 'musl' | 'bionic' | 'uclibc' | 'go' | 'dietlibc' | 'none' | 'unknown';
export type Language = 'c' | 'c++' | 'go' | 'rust';

export interface VersionNeed {
  /** vn_file: the library's DT_SONAME. */
  readonly library: string;
  /** What it must define. */
  readonly versions: readonly {
    /** `GLIBC_2.34` */
    readonly name: string;
    /** VER_FLG_WEAK: the loader only warns when it is absent. */
    readonly weak: boolean;
  }[];
}

/** A module of a Go program. */
export interface GoModule {
  /** Its import path. */
  readonly path: string;
  /** `v1.2.3`, or `(devel)`. */
  readonly version: string;
}

export interface GoBuildInfo {
  /** `go1.24.4` */
  readonly version: string;
  /** Import path of package main; null when it is not known. */
  readonly mainPackage: string | null;
  /** The module that it is in; null outside of modules. */
  readonly mainModule: GoModule | null;
  /** Modules that were linked in. */
  readonly modules: readonly GoModule[];
  /** CGO_ENABLED, GOAMD64, -tags, -ldflags, vcs.revision … */
  readonly settings: Readonly<Record<string, string>>;
}
