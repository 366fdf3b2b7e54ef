import type { Rung } from '../core/choices.ts';

/**
 * What a user says of how a project is compiled, beyond what its own files say. Each list is handed on word by word, never
 * through a shell; a planner takes the fields of its language and build system, and refuses the others (USAGE).
 */
export interface BuildSettings {
  readonly c: CSettings;
  /** Arguments of `configure`: `--disable-client`. */
  readonly configure: readonly string[];
  /** Words of `make` as they are typed: variables (`TARGET=linux-glibc`), targets, `-f FILE`, `-C FOLDER`. */
  readonly make: readonly string[];
  /** Arguments of `cmake`'s configuration: `-DWITH_X=ON`. */
  readonly cmake: readonly string[];
  /** Arguments of `meson setup`: `-Dx=disabled`. */
  readonly meson: readonly string[];
  readonly cargo: {
    readonly features: readonly string[];
    readonly defaultFeatures: boolean;
  };
  readonly go: {
    readonly tags: readonly string[];
    /** Added to morsel's own `-ldflags`: `-X main.version=1.2`. */
    readonly ldflags: readonly string[];
  };
  /** Typed after `--`: handed to what configures the project (configure, cmake, meson setup), to make, cargo, go or the compiler. */
  readonly words: readonly string[];
}

/** Of single files, and appended to CFLAGS, LDFLAGS and LIBS of build systems. */
export interface CSettings {
  /** Library names, as after `-l`. */
  readonly link: readonly string[];
  readonly cflags: readonly string[];
  readonly ldflags: readonly string[];
  /** Folders of headers, absolute or below the project. */
  readonly includes: readonly string[];
  /** `c17`, `gnu++20`; null: the compiler's own. */
  readonly std: string | null;
}

export const NO_SETTINGS: BuildSettings = {
  c: { link: [], cflags: [], ldflags: [], includes: [], std: null },
  configure: [],
  make: [],
  cmake: [],
  meson: [],
  cargo: { features: [], defaultFeatures: true },
  go: { tags: [], ldflags: [] },
  words: [],
};

/** Of all rungs, and what single rungs add. */
export interface ProjectSettings {
  readonly common: BuildSettings;
  readonly rungs: Readonly<Partial<Record<Rung, BuildSettings>>>;
  /** Commands to run in (a copy of) the source folder before anything else: `["./autogen.sh"]`, `["make", "defconfig"]`. */
  readonly prepare: readonly (readonly string[])[];
  /** Commands that build a C or C++ project in place of what its files would say: `["sh", "Build.sh"]`. */
  readonly build: readonly (readonly string[])[];
  /** A lower rung may come out with fewer features than the ordinary configuration has (`--allow-fewer-features`). */
  readonly allowFewerFeatures: boolean;
  /** Libraries that the project names itself, to be built for the rung's C library. */
  readonly dependencies: readonly NamedDependency[];
}

/** A library by its name in morsel's table, or one with sources or words of its own. */
export interface NamedDependency {
  readonly name: string;
  /** `debian:NAME`, a URL, or an absolute path. */
  readonly source?: string | undefined;
  /** Of what a URL has. */
  readonly sha256?: string | undefined;
  /** Words for its configure or cmake. */
  readonly configure?: readonly string[] | undefined;
}

export const NO_PROJECT_SETTINGS: ProjectSettings = {
  common: NO_SETTINGS,
  rungs: {},
  prepare: [],
  build: [],
  allowFewerFeatures: false,
  dependencies: [],
};

/** What counts for a rung: its own words stand after the common ones, so that they win. */
export function settingsFor({ common, rungs }: ProjectSettings, rung: Rung): BuildSettings {
  const own = rungs[rung];
  if (own === undefined) return common;
  return {
    c: {
      link: [...common.c.link, ...own.c.link],
      cflags: [...common.c.cflags, ...own.c.cflags],
      ldflags: [...common.c.ldflags, ...own.c.ldflags],
      includes: [...common.c.includes, ...own.c.includes],
      std: own.c.std ?? common.c.std,
    },
    configure: [...common.configure, ...own.configure],
    make: [...common.make, ...own.make],
    cmake: [...common.cmake, ...own.cmake],
    meson: [...common.meson, ...own.meson],
    cargo: {
      features: [...common.cargo.features, ...own.cargo.features],
      defaultFeatures: common.cargo.defaultFeatures && own.cargo.defaultFeatures,
    },
    go: { tags: [...common.go.tags, ...own.go.tags], ldflags: [...common.go.ldflags, ...own.go.ldflags] },
    words: [...common.words, ...own.words],
  };
}
