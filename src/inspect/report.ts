import type { ElfFacts, Hardening, Libc, Language, LinkKind } from '../elf/index.ts';
import type { Verdict } from '../base/index.ts';
import type { Replacement } from '../rootfs/index.ts';
import type { ImageReport } from './image-report.ts';
import type { Need } from '../needs/index.ts';

/** What `inspect` says of one file; `elf` and `script` are filled for those kinds only. */
export interface FileReport {
  /** As it was given. */
  readonly path: string;
  /** What the first bytes say. */
  readonly kind: 'elf' | 'script' | 'archive' | 'image' | 'other';
  /** What a file is that Linux does not start as it is, such as `a Windows program`; null for ELF files and good scripts. */
  readonly format: string | null;
  /** Of the file, bytes. */
  readonly sizeBytes: number;
  /** The kernel's name of the architecture: `x86_64`, `aarch64`; null for what is no ELF file. */
  readonly machine: string | null;
  /** How it is linked; null for what is no ELF file. */
  readonly link: LinkKind | null;
  /** The C library that it has or asks for; null for what is no ELF file. */
  readonly libc: Libc | null;
  /** Why `libc` is what it says. */
  readonly libcEvidence: string | null;
  /** PT_INTERP, or the program after `#!`; null when there is none. */
  readonly interpreter: string | null;
  /** DT_NEEDED in file order. */
  readonly needed: readonly string[];
  /** Languages that left their marks in it. */
  readonly languages: readonly Language[];
  /** The oldest glibc that it itself asks for, such as `2.34`; null when it asks for none. */
  readonly minimumGlibc: string | null;
  /** The symbols that ask for it, such as `__libc_start_main`. */
  readonly minimumGlibcSymbols: readonly string[];
  /** It has no symbol table; null for what is no ELF file. */
  readonly stripped: boolean | null;
  /** What else it wants at run time. */
  readonly needs: readonly Need[];
  /** Whether it starts on each base that is known or was given. */
  readonly verdicts: readonly Verdict[];
  /** What its builder did against errors of memory; null for what is not linked. */
  readonly hardening: Hardening | null;
  /** The files of this machine that its loader takes when it starts; null for what loads nothing, or has no known loader. */
  readonly closure: FileClosure | null;
  /** All that its bytes say; null for what is no ELF file. */
  readonly facts: ElfFacts | null;
}

export interface FileClosure {
  /** The loader first, then in load order; a file that two names lead to is there once. */
  readonly files: readonly {
    /** Where the loader finds it. */
    readonly path: string;
    /** Of the file, bytes. */
    readonly sizeBytes: number;
  }[];
  /** Names of which this machine has no file. */
  readonly missing: readonly string[];
  /** Of `files` together, bytes. */
  readonly sizeBytes: number;
}

/** What `inspect` says of a directory, an archive, a layout or an image: every ELF file in it. */
export interface TreeReport {
  /** As it was given. */
  readonly path: string;
  /** `image`: an archive or a layout, with its layers applied. */
  readonly kind: 'directory' | 'image';
  /** Sum of the files' contents, bytes. */
  readonly sizeBytes: number;
  /** Regular files. */
  readonly files: number;
  /** Every ELF file, by path. */
  readonly elf: readonly TreeElfFile[];
  /** Libraries that some file asks for and the tree does not have. */
  readonly missing: readonly {
    /** As DT_NEEDED has it. */
    readonly name: string;
    /** Paths in the tree. */
    readonly neededBy: readonly string[];
  }[];
  /** Files with equal content under several paths. */
  readonly duplicates: readonly {
    /** Of each of them, bytes. */
    readonly sizeBytes: number;
    /** Where they are, at least two. */
    readonly paths: readonly string[];
  }[];
  /** Of an image: directories and links of lower layers in whose place an upper layer put something else. */
  readonly replaced: readonly Replacement[];
  /** Whoever starts one of these has more rights than before: by its mode, or by its capabilities. By path. */
  readonly privileged: readonly PrivilegedFile[];
  /** Every path of it, where they were asked for; else null. */
  readonly entries: readonly TreeEntry[] | null;
  /** What an image is beside its files; null for a directory. */
  readonly image: ImageReport | null;
}

export interface TreeEntry {
  /** In the tree, absolute. */
  readonly path: string;
  /** `other`: a device, a pipe or a socket. */
  readonly kind: 'file' | 'directory' | 'symlink' | 'other';
  /** Four octal digits: `0755`, `4755`. */
  readonly mode: string;
  /** Its owner. */
  readonly uid: number;
  /** Its group. */
  readonly gid: number;
  /** Of a file, bytes; 0 for what is none. */
  readonly sizeBytes: number;
  /** Where a symbolic link leads; null for what is none. */
  readonly target: string | null;
}

export interface PrivilegedFile {
  /** In the tree, absolute. */
  readonly path: string;
  /** Four octal digits: `4755`. */
  readonly mode: string;
  /** As whom it runs where it is setuid. */
  readonly uid: number;
  /** With which group it runs where it is setgid. */
  readonly gid: number;
  /** Mode 4000. */
  readonly setuid: boolean;
  /** Mode 2000. */
  readonly setgid: boolean;
  /** As getcap(8) has them: `cap_net_raw=ep`; null when it has none, and for the files of a directory, which are not asked. */
  readonly capabilities: string | null;
}

export interface TreeElfFile {
  /** In the tree, absolute. */
  readonly path: string;
  /** Bytes. */
  readonly sizeBytes: number;
  /** The kernel's name of the architecture. */
  readonly machine: string;
  /** How it is linked. */
  readonly link: LinkKind;
  /** The C library that it has or asks for. */
  readonly libc: Libc;
  /** PT_INTERP; null when there is none. */
  readonly interpreter: string | null;
  /** Libraries that it asks for and the tree does not have. */
  readonly missing: readonly string[];
  /** The Debian or Alpine package that owns the path, where the tree has a package database. */
  readonly package: string | null;
}
