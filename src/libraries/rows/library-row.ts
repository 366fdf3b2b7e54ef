/** One library that morsel can build: all that is known of it before its sources are there. */
export interface LibraryRow {
  /** By which users name it; lower case. */
  readonly name: string;
  /** Debian's source package. */
  readonly source: string;
  /** An SPDX expression, of what a program gets. */
  readonly licence: string;
  readonly provides: Provides;
  /** Rows that its archives call; in a link they stand behind it. */
  readonly needs: readonly string[];
  readonly recipe: Recipe;
  /** Of debian/patches, by name: those that make the tree fit for Debian's own packaging alone. */
  readonly skipPatches?: readonly string[];
  /** Programs of the machine beyond a compiler and make, and the Debian package of each. */
  readonly buildTools?: readonly BuildTool[];
}

/** How projects ask for it. */
export interface Provides {
  /** Names of its `.pc` files. */
  readonly pkgConfig: readonly string[];
  /** `-l` names of its archives, an archive before those that it calls. */
  readonly libs: readonly string[];
  /** As they stand in `#include <…>`. */
  readonly headers: readonly string[];
  /** Names that `find_package` takes, of CMake's own modules or of its configuration. */
  readonly cmake: readonly string[];
  /** `-sys` crates of Rust that take it by pkg-config or by its folder. */
  readonly crates?: readonly string[];
}

export interface BuildTool {
  readonly program: string;
  readonly debianPackage: string;
}

interface CommonRecipe {
  /** Below the root of the sources. */
  readonly directory?: string;
  /** Commands before the first of the build, as words. */
  readonly before?: readonly (readonly string[])[];
  /** After installation: further names of an archive, `[name, archive]`, both `-l` names. */
  readonly aliases?: readonly (readonly [alias: string, archive: string])[];
  /** Files that no target installs: `[in the build folder, below usr]`. */
  readonly install?: readonly (readonly [from: string, to: string])[];
  /** Further names of the folder of headers, in it. */
  readonly headerFolders?: readonly string[];
  /** `.pc` files that the library has none of. */
  readonly modules?: readonly ModuleFile[];
  /** Added to the compiler's flags. */
  readonly flags?: readonly string[];
}

export interface ModuleFile {
  readonly name: string;
  readonly libs: string;
  readonly requires?: string;
}

/** Words of recipes may have `{cc}`, `{ar}`, `{ranlib}`, `{buildCc}`, `{host}`, `{sysroot}`, `{tool:NAME}` in them. */
export type Recipe = AutotoolsRecipe | CMakeRecipe | MakeRecipe | OpensslRecipe;

export interface AutotoolsRecipe extends CommonRecipe {
  readonly kind: 'autotools';
  /** For configure. */
  readonly args?: readonly string[];
  /** A script that was written by hand: it is given these words and no others. */
  readonly handwritten?: boolean;
  readonly makeArgs?: readonly string[];
  /** For another machine than this one. */
  readonly crossMakeArgs?: readonly string[];
  readonly targets?: readonly string[];
  readonly installTargets?: readonly string[];
}

export interface CMakeRecipe extends CommonRecipe {
  readonly kind: 'cmake';
  readonly args?: readonly string[];
}

export interface MakeRecipe extends CommonRecipe {
  readonly kind: 'make';
  readonly makeArgs?: readonly string[];
  readonly targets: readonly string[];
  readonly installTargets?: readonly string[];
}

export interface OpensslRecipe extends CommonRecipe {
  readonly kind: 'openssl';
  readonly args: readonly string[];
}
