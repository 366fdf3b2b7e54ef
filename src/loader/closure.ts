import type { ElfFacts } from '../elf/facts.ts';
import type { FileTree } from '../rootfs/file-tree.ts';
import type { Cpu } from './cpu.ts';
import type { LinkFacts } from './link-facts.ts';
import type { LoaderSession } from './session.ts';

/**
 * By which rule a loader found a file; `interpreter` is the loader itself, `direct` a name with a slash, `builder` no
 * rule of the loader's: `ClosureRequest.lastDirectories`.
 */
export type FoundBy =
  | 'cache'
  | 'rpath'
  | 'runpath'
  | 'ld_library_path'
  | 'default'
  | 'direct'
  | 'interpreter'
  | 'preload'
  | 'builder';

/**
 * Whose search order applies; `none` for a program that no loader takes part in. `other`: Android's, uClibc's, another
 * system's, whose rules are not known here: no library of such a program is found.
 */
export type LoaderKind = 'glibc' | 'musl' | 'other' | 'none';

/** What a closure is asked for; kept in it, so that it can be asked again with one library more. */
export interface ClosureRequest {
  readonly tree: FileTree;
  /** The program or library: absolute, in the tree. */
  readonly path: string;
  /** LD_LIBRARY_PATH, as the environment would have it. */
  readonly libraryPath?: string | undefined;
  /** LD_PRELOAD: names or paths. */
  readonly preload?: readonly string[] | undefined;
  /**
   * AT_SECURE: the kernel starts it with more rights than its caller has (`startsSecure`), and the loader trusts less
   * (ld.so(8), secure-execution mode).
   */
  readonly secure?: boolean | undefined;
  /**
   * Absolute directories in which to look for what the loader does not find: the LD_LIBRARY_PATH of whoever makes an
   * image, which the image's own loader will not have.
   */
  readonly lastDirectories?: readonly string[] | undefined;
  /** Whether /etc/ld.so.preload of the tree counts; default true. */
  readonly preloadFile?: boolean | undefined;
  /** For whose processor; default `baseline`: what every processor of the program's machine would load. */
  readonly cpu?: Cpu | 'baseline' | undefined;
  /** What empty and relative search path elements are relative to; default `/`. */
  readonly cwd?: string | undefined;
  /** The loader of a shared object that has no PT_INTERP; found by itself when not given. */
  readonly interpreter?: string | undefined;
  /** Names to load after everything else, as `dlopen` would. */
  readonly extra?: readonly ExtraLibrary[] | undefined;
  /**
   * Which names are not loaded, found (`path`) or not: those of drivers, which the machine brings on which the program
   * runs. The program counts as complete without them.
   */
  readonly leaveOut?: ((name: string, path: string | null) => boolean) | undefined;
  /** Shares what has been read with other closures of the same tree. */
  readonly session?: LoaderSession | undefined;
}

export interface ExtraLibrary {
  readonly name: string;
  /** Why it is wanted, for the image's evidence: `imports pthread_exit`. */
  readonly reason: string;
  /** The object that calls dlopen, by soname or path: its RPATH and RUNPATH count. Default: the program. */
  readonly requester?: string | undefined;
}

/** Every file that a program loads when it starts, and how each was found. Nothing has been executed. */
export interface Closure {
  readonly request: ClosureRequest;
  readonly path: string;
  /** `path` with its links resolved. */
  readonly realPath: string;
  readonly facts: ElfFacts;
  readonly link: LinkFacts;
  readonly loader: LoaderKind;
  /** null for a static program; `file` is null when the tree has no such file: the kernel says ENOENT. */
  readonly interpreter: ClosureInterpreter | null;
  /** In load order, the interpreter among them where a DT_NEEDED asks for it. */
  readonly libraries: readonly ClosureLibrary[];
  readonly missing: readonly MissingLibrary[];
  /** Names of LD_PRELOAD (or /etc/ld.so.preload) that the loader passes over: with a warning, or without. */
  readonly notPreloaded: readonly NotPreloaded[];
  /** What `leaveOut` kept out. */
  readonly leftOut: readonly LeftOutLibrary[];
  /** Files that end the start: not ELF, an executable in place of a library … */
  readonly failures: readonly LoadFailure[];
  /** Every DT_NEEDED (and preload) of every object, in the order of loading. */
  readonly edges: readonly ClosureEdge[];
  readonly versionProblems: readonly VersionProblem[];
  readonly minimumGlibc: MinimumGlibc | null;
  /** Libraries of which the tree has a variant for newer processors, loaded or not. */
  readonly hwcapsVariants: readonly HwcapsVariant[];
  /** The loader's own directories, in order: where libraries are found without a cache. */
  readonly defaultDirectories: readonly string[];
}

/** A file and the symbolic links that lead to it. */
export interface ClosureFile {
  /** The path that the loader (or the kernel) opens, as it would print it. */
  readonly path: string;
  /** The regular file that it leads to. */
  readonly realPath: string;
  /** The links on the way, in order; empty when `path` is the file itself. */
  readonly links: readonly { readonly path: string; readonly target: string }[];
  readonly sizeBytes: number;
  readonly link: LinkFacts;
  /** Read when first asked for: everything that the bytes say. */
  readonly facts: ElfFacts;
}

export interface ClosureInterpreter {
  readonly path: string;
  readonly file: ClosureFile | null;
}

export interface ClosureLibrary extends ClosureFile {
  /** The name that asked for it first. */
  readonly name: string;
  readonly foundBy: FoundBy;
  /** Path of the object that asked for it first. */
  readonly neededBy: string;
  /** Why, for `dlopen`ed ones; null for DT_NEEDED. */
  readonly reason: string | null;
}

export interface MissingLibrary {
  readonly name: string;
  readonly neededBy: string;
}

export interface NotPreloaded {
  readonly name: string;
  /** `cannot open shared object file`, or why it is not looked for. */
  readonly message: string;
}

export interface LeftOutLibrary extends MissingLibrary {
  /** Where this tree has it; null when it does not. */
  readonly path: string | null;
}

export interface LoadFailure {
  readonly name: string;
  readonly neededBy: string;
  readonly path: string;
  /** In the loader's words: `invalid ELF header`. */
  readonly message: string;
}

export interface ClosureEdge {
  readonly from: string;
  readonly name: string;
  /** Path of the object that answers; null when none does. */
  readonly to: string | null;
  /** null when an object that was loaded before answers by its name. */
  readonly foundBy: FoundBy | null;
  /** The path that was opened for this edge; null when none had to be. */
  readonly opened: string | null;
  /** The rule in words: `RUNPATH of /opt/x/bin/x`. */
  readonly rule: string;
}

export interface VersionProblem {
  /** `GLIBC_2.38` */
  readonly version: string;
  /** The library that lacks it. */
  readonly library: string;
  readonly requiredBy: string;
  /** As ld.so prints it. */
  readonly message: string;
}

export interface MinimumGlibc {
  /** `2.34` */
  readonly version: string;
  /** The object that raised it. */
  readonly object: string;
}

export interface HwcapsVariant {
  readonly name: string;
  readonly path: string;
  /** `x86-64-v3` */
  readonly hwcaps: string;
  readonly loaded: boolean;
}
