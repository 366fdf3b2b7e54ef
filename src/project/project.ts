import type { CargoSettings } from './cargo-config.ts';
import type { WantedRust } from './rust-toolchain.ts';

/** What a source tree (or a file) is. A pure description; found by `detectProject`, one file a language. */
export type Project = BinaryProject | SourceProject;

/** What has to be compiled. */
export type SourceProject = CProject | RustProject | GoProject;

interface ProjectBase {
  /** Image name by default: lower case, valid as an OCI repository name. */
  readonly name: string;
  readonly version: string | null;
  /** SPDX expression where the project says one. */
  readonly license: string | null;
  /** Absolute directory of the project (of the file, for a single file). */
  readonly directory: string;
  /** Choices that were made for the user, who may want another. */
  readonly notes?: readonly ProjectNote[];
  /** Where its files name several programs: the one that was taken, then the others, as --bin names them. */
  readonly choices?: readonly string[];
}

export interface ProjectNote {
  /** One sentence. */
  readonly message: string;
  /** How to choose otherwise: what is typed after `morsel build`. */
  readonly hint: string;
}

/** An ELF executable that exists already. */
export interface BinaryProject extends ProjectBase {
  readonly kind: 'binary';
  readonly path: string;
}

export interface CProject extends ProjectBase {
  readonly kind: 'c';
  readonly language: 'c' | 'c++';
  /** `commands`: the user's own (`build` of `morsel.json`), whatever else lies there. */
  readonly buildSystem: 'single' | 'make' | 'cmake' | 'meson' | 'autotools' | 'commands';
  /** Absolute source file, for `single`. */
  readonly source: string | null;
  /** All of them, where `single` is made of several: `morsel build a.c b.c`. */
  readonly sources?: readonly CSource[];
  /** Of `single`: libraries of this machine that its `#include` lines ask for; absent until its tools are asked. */
  readonly libraries?: readonly IncludedLibrary[];
  /** What is known of `configure`, for `autotools`; null for the others. */
  readonly configure: ConfigureScript | null;
  /** The build files choose an optimisation level themselves (CMAKE_BUILD_TYPE, Meson's buildtype). */
  readonly choosesOptimisation: boolean;
  /** Its CMakeLists.txt has commands that make alone understands. */
  readonly writesForMake?: boolean | undefined;
  /** File name or path of the executable to ship, as `--bin` says it; null: chosen among what the build makes. */
  readonly binary: string | null;
  /** Those that go into the same image (`--bin` once more), each under another name; sorted. */
  readonly otherPrograms: readonly string[];
  /** Names to choose by then, the best first: the project's own, and the only one that its build files install. */
  readonly preferred: readonly string[];
}

export interface CSource {
  /** Absolute. */
  readonly path: string;
  readonly language: 'c' | 'c++';
}

/** A library that a source file asks for by including its header. */
export interface IncludedLibrary {
  /** As it is included: `zlib.h`. */
  readonly header: string;
  /** In the words of pkg-config or of the linker: `zlib`, `bz2`. */
  readonly name: string;
  /** Where its headers are, when the compiler does not look there: `-I/usr/include/libxml2`. */
  readonly cflags: readonly string[];
  /** For the linker, as a shared library. */
  readonly link: readonly string[];
  /** The same with all that it needs, as far as archives of it are here. */
  readonly staticLink: readonly string[];
  /** The source asks whether the header is there, and goes on without. Default false. */
  readonly isTried?: boolean;
}

export interface ConfigureScript {
  /** False: only configure.ac is there, and autoreconf makes the script. */
  readonly generated: boolean;
  /** configure.ac or a Makefile.am was changed long after it: autoreconf must run again. */
  readonly stale: boolean;
  /** Autoconf's own options are understood; false for hand-written scripts, which stop at an unknown one. */
  readonly byAutoconf: boolean;
  /** It has libtool's options `--disable-shared` and `--enable-static`; elsewhere the latter means something else. */
  readonly usesLibtool: boolean;
  /** Its config.sub accepts `x86_64-linux-musl`. */
  readonly knowsMusl: boolean;
}

export interface RustProject extends ProjectBase {
  readonly kind: 'rust';
  /** Cargo package and binary target to build. */
  readonly package: string;
  readonly binary: string;
  /** Of the same workspace, into the same image (`--bin` once more); sorted by name. */
  readonly otherPrograms: readonly RustProgram[];
  /** Absolute; the package's own folder, which may be a member below `workspaceRoot`. */
  readonly packageDirectory: string;
  /** `required-features` of the binary that are off by default. */
  readonly features: readonly string[];
  readonly workspaceRoot: string;
  /** `rust-version`: the oldest compiler that the package accepts. */
  readonly rustVersion: string | null;
  /** The toolchain that a rust-toolchain file or RUSTUP_TOOLCHAIN names: no other compiles it. */
  readonly wanted: WantedRust | null;
  readonly hasLockFile: boolean;
  /** `links`-style or `*-sys` dependencies found in Cargo.lock: they bring C code. */
  readonly systemCrates: readonly string[];
  readonly profile: { readonly lto: boolean; readonly panicAbort: boolean };
  readonly settings: CargoSettings;
}

export type RustProgram = Pick<RustProject, 'package' | 'binary' | 'features'>;

export interface GoProject extends ProjectBase {
  readonly kind: 'go';
  /** Import path or relative package to build: `.`, `./cmd/server`. */
  readonly package: string;
  readonly module: string;
  /** File name of the executable: the package's last path element, as `go build` names it. */
  readonly binary: string;
  /** Of the same module, into the same image (`--bin` once more); sorted by name. */
  readonly otherPrograms: readonly GoProgram[];
  /** One of its programs does. */
  readonly usesCgo: boolean;
  /** Import paths of the packages with C code that the programs link, as far as they are known. */
  readonly cgoPackages: readonly string[];
  /** What it would lose without cgo; null where nothing is known that it would. */
  readonly cgoLoss: CgoLoss | null;
  /** Packages that have Go code in place of C without cgo, as far as they are known. */
  readonly cgoReplaced: readonly string[];
  /** What go.mod and go.work say of the Go that builds it. */
  readonly wantedGo: WantedGo;
  /** GOFLAGS of the user's environment or `go env -w`, word by word: they win over nothing, and must not be lost. */
  readonly goFlags: readonly string[];
}

/** Why CGO_ENABLED=0 would not give the same program; `unknown`: the go command has not been asked. */
export interface CgoLoss {
  readonly how: 'excluded' | 'missing' | 'stub' | 'left-out' | 'unknown';
  /** Import paths. */
  readonly packages: readonly string[];
}

/** The largest of the lines in go.mod and in the go.work that counts: `1.24`, `1.25.3`; null where there is none. */
export interface WantedGo {
  /** `go` lines: an older go command refuses. */
  readonly minimum: string | null;
  /** `toolchain` lines: taken where the go command may fetch it. */
  readonly toolchain: string | null;
}

export type GoProgram = Pick<GoProject, 'package' | 'binary'>;
