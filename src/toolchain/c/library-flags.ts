import { join } from 'node:path';
import type { LibrarySysroot } from './library-sysroot.ts';

/** Where a library's headers are looked for beside `usr/include`, by its name: its `.pc` file alone names that folder. */
const HEADER_FOLDERS: Readonly<Record<string, string>> = { libxml2: 'libxml2' };

/** For a compiler: the headers of libraries that were built for it, whose path must not get into the program. */
export function libraryHeaderFlags(sysroot: LibrarySysroot | null | undefined): readonly string[] {
  if (sysroot == null) return [];
  const folders = sysroot.libraries.flatMap(({ name }) => HEADER_FOLDERS[name] ?? []);
  return [
    ...['', ...folders].flatMap((folder) => ['-isystem', join(sysroot.path, 'usr/include', folder)]),
    `-ffile-prefix-map=${sysroot.path}=`,
  ];
}

/** For a link: where their archives are. */
export function libraryFolderFlags(sysroot: LibrarySysroot | null | undefined): readonly string[] {
  return sysroot == null ? [] : [`-L${libraryFolder(sysroot)}`];
}

export function libraryFolder({ path }: LibrarySysroot): string {
  return join(path, 'usr/lib');
}

/** All of their archives, in any order; what nothing is wanted of stays out. */
export function wholeGroup({ libraries }: LibrarySysroot): readonly string[] {
  const names = libraries.flatMap(({ archives }) => archives);
  if (names.length === 0) return [];
  return ['-Wl,--start-group', ...names.map((name) => `-l${name}`), '-Wl,--end-group'];
}

/** What stands in the shell's own words: anything else is no name of an archive of ours. */
const ARCHIVE_NAME = /^[\w+.-]+$/;

/**
 * Lines of a script that look for libraries among its arguments and remember, in `$libraries`, what each needs in turn: a
 * `find_package(CURL)` or a check for `-lssl` knows nothing of the libraries behind a static one.
 */
export function closureLines(sysroot: LibrarySysroot | null | undefined): readonly string[] {
  const named = [...(sysroot?.closure ?? [])].filter(([name]) => ARCHIVE_NAME.test(name));
  if (sysroot == null || named.length === 0) return [];
  const cases = named.map(([name, needs]) => {
    const words = [name, ...needs.filter((need) => ARCHIVE_NAME.test(need))].map((word) => `-l${word}`);
    const file = `"${libraryFolder(sysroot).replaceAll(/["$`\\]/g, '\\$&')}"/lib${name}.a`;
    return `    -l${name}|-l:lib${name}.a|${file}) libraries="$libraries ${words.join(' ')}" ;;`;
  });
  return ['libraries=', 'for argument do', '  case $argument in', ...cases, '  esac', 'done'];
}

/** The last words of a link after `closureLines`. */
export function closureWords(sysroot: LibrarySysroot | null | undefined): string {
  return closureLines(sysroot).length === 0
    ? ''
    : ' ${libraries:+-Wl,--start-group $libraries -Wl,--end-group}';
}

/** Meson looks for archives in the folders that a compiler names, of which those after `-L` are none. */
export function searchDirectoryLines(
  sysroot: LibrarySysroot | null | undefined,
  own: string | null,
): readonly string[] {
  if (sysroot == null) return [];
  const folders = [libraryFolder(sysroot), ...(own === null ? [] : [own])].join(':');
  const word = folders.replaceAll("'", `'\\''`);
  return [
    'for argument do',
    `  case $argument in -print-search-dirs|--print-search-dirs) printf '%s\\n' 'install: /' 'programs: =/' 'libraries: =${word}'; exit ;; esac`,
    'done',
  ];
}

/** Lines of a pkg-config that asks their `.pc` files first: their prefix is the sysroot's, and no other's. */
export function packageLines(
  words: readonly string[],
  sysroot: LibrarySysroot | null | undefined,
): readonly string[] {
  if (sysroot == null) return [];
  const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  return [
    `if answer=$(PKG_CONFIG_PATH= PKG_CONFIG_LIBDIR=${quoted(join(libraryFolder(sysroot), 'pkgconfig'))} PKG_CONFIG_SYSROOT_DIR=${quoted(sysroot.path)} ${words.map(quoted).join(' ')} "$@" 2>/dev/null); then`,
    `  [ -z "$answer" ] || printf '%s\\n' "$answer"`,
    '  exit 0',
    'fi',
  ];
}
