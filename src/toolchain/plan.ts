import type { Rung, SizeProfile } from '../core/choices.ts';
import type { Command } from '../core/command.ts';
import type { BuildSettings } from '../project/build-settings.ts';
import type { LibrarySysroot } from './c/library-sysroot.ts';

/** How a project is compiled for one rung: pure data, printed by `--plan`, performed by `runCompilePlan`. */
export interface CompilePlan {
  /** What it is compiled for. */
  readonly rung: Rung;
  /** Toolchain in the user's words: `musl-gcc 12.2 (Debian musl 1.2.3)`, `zig cc 0.17 (musl)`. */
  readonly toolchain: string;
  /** Absolute; morsel's own folder. The finished executable goes to its `out/`. Made by the runner. */
  readonly workDirectory: string;
  /**
   * Folders below the work directory whose content is thrown away when the plan has changed since they were made, or
   * when the last build did not end well: objects of two compilers, or half-written ones, must never be linked.
   */
  readonly cleanDirectories: readonly string[];
  /** Run in the copy of the sources once after it was made, before all else: the user's own (`prepare`). */
  readonly prepare: readonly Command[];
  /** In order; the first that fails ends the compile. */
  readonly commands: readonly Command[];
  /** Generated files to write before the commands run (toolchain files, wrappers); never in the user's tree. */
  readonly files: readonly PlannedFile[];
  /** A copy of the sources to make first, for build systems that write beside their sources; null where not needed. */
  readonly copySources: {
    /** The project's folder. */
    readonly from: string;
    /** Below the work directory. */
    readonly to: string;
    /** Paths that are left out. */
    readonly exclude: readonly string[];
  } | null;
  /** A file that the tool writes into the sources when none is there: it is lent for the commands, and kept elsewhere. */
  readonly lockFile?: {
    /** Absolute, in the user's tree. */
    readonly path: string;
    /** Absolute, below the work directory. */
    readonly kept: string;
  };
  /** What all commands but the last find out about this machine, and where they write it; null where nothing is configured. */
  readonly configuration: Configuration | null;
  /** How this machine's own compiler is asked about what another one refused; null where it is the plan's own, or cannot be. */
  readonly ordinary: OrdinaryCompiler | null;
  /** Where the executables are afterwards. `search`: build systems whose output name is only known after the build. */
  readonly artifact: Artifact;
  /** What is done to a copy of the executable afterwards, in order; the build's own output stays as it is. */
  readonly finish: readonly FinishStep[];
  /** Another toolchain for the same rung, tried when this plan does not compile. */
  readonly fallback: CompilePlan | null;
  /** What `smallest` gave up, one sentence each. */
  readonly trades: readonly string[];
  /** What is taken from this machine without being asked for in so many words: flags of the environment, libraries. */
  readonly notes: readonly string[];
  /** Set when the plan uses something unstable; needs the user's consent. */
  readonly experimental: string | null;
}

/** The executables of a build: the one that an image starts, and the `others` that go into the same image. */
export type Artifact =
  | {
      /** At paths that are known. */
      readonly kind: 'file';
      /** Absolute. */
      readonly path: string;
      /** Absolute; each under another name. */
      readonly others: readonly string[];
    }
  | {
      /** Somewhere below a folder. */
      readonly kind: 'search';
      /** Absolute. */
      readonly directory: string;
      /** The one to take (`--bin`); an error when it was not built. */
      readonly name: string | null;
      /** As `name`, each. */
      readonly others: readonly string[];
      /**
       * Names, the best first: the first that was built is taken among several when `name` is null. A project `less`
       * that builds less, lesskey and lessecho means less.
       */
      readonly preferred: readonly string[];
    };

export interface Configuration {
  /** By what it is configured. */
  readonly kind: 'autotools' | 'cmake' | 'meson';
  /** Absolute: where config.log, CMakeCache.txt or meson-logs are written. */
  readonly directory: string;
}

/** This machine's own compiler, for its own C library. */
export interface OrdinaryCompiler {
  /** The words that start it, and flags before the project's own. */
  readonly c: readonly string[];
  /** The same for C++; null where there is none. */
  readonly cxx: readonly string[] | null;
  /** Its environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What it is asked about. `recorded`: the file into which a wrapper writes the call that failed. `call`: that one. */
  readonly about:
    | {
        /** A build system chooses the calls. */
        readonly kind: 'recorded';
        /** Absolute. */
        readonly path: string;
      }
    | {
        /** The plan is one call. */
        readonly kind: 'call';
        /** Absolute. */
        readonly cwd: string;
        /** Of which compiler. */
        readonly language: 'c' | 'c++';
        /** Its arguments. */
        readonly args: readonly string[];
      };
}

/** A file that the runner writes under the work directory. */
export interface PlannedFile {
  /** Absolute, below the work directory. */
  readonly path: string;
  /** What is written there. */
  readonly content: PlannedContent;
}

export type PlannedContent =
  | {
      /** A regular file. */
      readonly kind: 'text';
      /** All of it. */
      readonly text: string;
      /** Permissions: 420 is 0644, 493 is 0755. */
      readonly mode: 0o644 | 0o755;
    }
  | {
      /** A symbolic link. */
      readonly kind: 'symlink';
      /** What it leads to. */
      readonly target: string;
    };

/** `strip`: the path of the copy is added to `args`. `drop-section-headers`: morsel's own sstrip. */
export type FinishStep =
  | {
      /** By binutils. */
      readonly kind: 'strip';
      /** Absolute path of `strip`. */
      readonly program: string;
      /** Before the path of the copy. */
      readonly args: readonly string[];
    }
  | {
      /** By morsel. */
      readonly kind: 'drop-section-headers';
    }
  | {
      /** By morsel: of the threads of a program that says no size itself. */
      readonly kind: 'stack-size';
      /** Of each thread. */
      readonly bytes: number;
    };

/** The answer of a planner: a plan, or why there is none on this machine for this project. */
export type PlanOutcome =
  | {
      /** It can be compiled here. */
      readonly kind: 'plan';
      /** How. */
      readonly plan: CompilePlan;
    }
  | {
      /** It cannot be compiled here. */
      readonly kind: 'unavailable';
      /** Why: one sentence. */
      readonly reason: string;
      /** What to install or to change. */
      readonly hint: string;
    };

export interface PlanOptions {
  readonly profile: SizeProfile;
  /** What the user says of how this rung is compiled; nothing by default. */
  readonly settings?: BuildSettings;
  /** Commands before the plan's own, in a copy of the sources. */
  readonly prepare?: readonly (readonly string[])[];
  /** Those that are the plan's own, of a project that is built by commands. */
  readonly build?: readonly (readonly string[])[];
  /** The user's own, of which flags are taken as the tools take them (CFLAGS); empty by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Of the threads of a program on musl, where it is not to be what glibc gives them. */
  readonly stackSizeBytes?: number | undefined;
  /** Absolute: a static library whose malloc a C or C++ program is to have, compiled for the rung's first toolchain alone. */
  readonly allocator?: string | undefined;
  /** Unstable means (RUSTC_BOOTSTRAP, build-std) are allowed. */
  readonly experimental: boolean;
  /** Absolute; morsel's own folder for objects of this project and rung; made by the runner. */
  readonly workDirectory: string;
  /** What the program is to run on, in OCI's words. */
  readonly platform: { readonly os: string; readonly architecture: string; readonly variant?: string };
  /** Absolute; for what all projects share, such as a standard library built from sources; in `workDirectory` by default. */
  readonly sharedDirectory?: string;
  /** Libraries that were built for this rung; a build sees these and none of the machine's. Default: none. */
  readonly libraries?: LibrarySysroot | null;
  /** Nothing is fetched: cargo and go use what is on this machine. */
  readonly offline?: boolean;
  /** Compilers run at a time, and what this machine is; its own by default, given by tests. */
  readonly jobs?: number;
  readonly hostArchitecture?: string;
}
