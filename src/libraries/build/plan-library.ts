import { join } from 'node:path';
import type { Command } from '../../core/command.ts';
import { hostArchitecture } from '../../core/machines.ts';
import { type PlannedFile, tripleFor } from '../../toolchain/index.ts';
import type { Recipe } from '../rows/library-row.ts';
import type { LibraryFolders } from './build-folders.ts';
import { isCross, type LibraryBuild } from './library-build.ts';
import { fillWords, type WordValues } from './fill-words.ts';
import { libraryCompilers } from './library-compilers.ts';
import { cmakeToolchainFile } from './cmake-toolchain-file.ts';

export interface LibraryPlan {
  readonly files: readonly PlannedFile[];
  readonly commands: readonly Command[];
  /** Where files of `install` are taken from. */
  readonly directory: string;
}

/** How a library is built: commands and the files that they need. Pure. */
export function planLibrary(build: LibraryBuild): LibraryPlan {
  const { row, folders, toolchain } = build;
  const { recipe } = row;
  const directory = join(folders.sources, recipe.directory ?? '.');
  const before = (recipe.before ?? []).map((words) =>
    commandOf(build, 'prepare', fill(build, words), directory),
  );
  const steps = stepsOf(build, recipe, directory);
  return {
    files: [
      ...libraryCompilers(build),
      ...(recipe.kind === 'cmake'
        ? [textFile(toolchainFile(folders), cmakeToolchainFile(toolchain.c, folders))]
        : []),
    ],
    commands: [...before, ...steps],
    directory: recipe.kind === 'cmake' ? folders.build : directory,
  };
}

function stepsOf(build: LibraryBuild, recipe: Recipe, directory: string): readonly Command[] {
  switch (recipe.kind) {
    case 'autotools': {
      const reconf = commandOf(build, 'prepare', ['autoreconf', '--force', '--install'], directory);
      const arguments_ = recipe.handwritten === true ? [] : configureArguments(build);
      const configure = ['./configure', ...arguments_, ...fill(build, recipe.args ?? [])];
      const words = [...WITHOUT_REGENERATION, ...fill(build, recipe.makeArgs ?? [])];
      const cross = isCross(build) ? fill(build, recipe.crossMakeArgs ?? []) : [];
      return [
        ...(build.hasConfigure || (recipe.before ?? []).length > 0 ? [] : [reconf]),
        commandOf(build, 'configure', configure, directory),
        make(build, [...words, ...cross, ...(recipe.targets ?? [])], directory),
        install(build, [...words, ...cross], recipe.installTargets ?? ['install'], directory),
      ];
    }
    case 'make': {
      const words = fill(build, recipe.makeArgs ?? []);
      const installed = recipe.installTargets ?? [];
      return [
        make(build, [...words, ...recipe.targets], directory),
        ...(installed.length === 0 ? [] : [install(build, words, installed, directory)]),
      ];
    }
    case 'openssl': {
      const configure = [
        'perl',
        './Configure',
        opensslTarget(build.toolchain.c.architecture),
        ...fill(build, recipe.args),
      ];
      return [
        commandOf(build, 'configure', configure, directory),
        make(build, ['build_libs'], directory),
        install(build, [], ['install_dev'], directory),
      ];
    }
    case 'cmake':
      return cmakeSteps(build, recipe.args ?? [], directory);
  }
}

function cmakeSteps(build: LibraryBuild, args: readonly string[], directory: string): readonly Command[] {
  const { folders, toolchain, jobs } = build;
  const program = toolchain.tools.build.cmake?.path ?? 'cmake';
  const generator = toolchain.tools.build.ninja === null ? [] : ['-G', 'Ninja'];
  const configure = [
    program, '-S', directory, '-B', folders.build, ...generator,
    `-DCMAKE_TOOLCHAIN_FILE=${toolchainFile(folders)}`,
    '-DCMAKE_INSTALL_PREFIX=/usr', '-DCMAKE_INSTALL_LIBDIR:STRING=lib', '-DCMAKE_BUILD_TYPE=Release',
    '-DBUILD_SHARED_LIBS=OFF', '-DBUILD_TESTING=OFF', '-Wno-dev',
    ...fill(build, args),
  ]; // prettier-ignore
  return [
    commandOf(build, 'configure', configure, folders.build),
    commandOf(build, 'build', [program, '--build', folders.build, '--parallel', String(jobs)], folders.build),
    commandOf(build, 'install', [program, '--install', folders.build], folders.build),
  ];
}

/** The tree is patched, and its configure may look older than configure.ac: the automake that made it is not to be asked for. */
const WITHOUT_REGENERATION = ['ACLOCAL', 'AUTOCONF', 'AUTOHEADER', 'AUTOMAKE', 'MAKEINFO'].map(
  (name) => `${name}=true`,
);

/** Both, and equal, on this machine: `--host` alone would make configure guess as if for another one. */
function configureArguments(build: LibraryBuild): readonly string[] {
  const { triple } = build.toolchain.c;
  const host = isCross(build) ? tripleFor(hostArchitecture(), 'glibc') : triple;
  return [
    '--prefix=/usr',
    '--libdir=/usr/lib',
    '--sysconfdir=/etc',
    '--localstatedir=/var',
    `--build=${host}`,
    `--host=${triple}`,
    '--disable-shared',
    '--enable-static',
    '--disable-dependency-tracking',
  ];
}

/** OpenSSL's own word for a machine; its generic one is without assembler. */
function opensslTarget(architecture: string): string {
  const known: Readonly<Record<string, string>> = {
    amd64: 'linux-x86_64',
    arm64: 'linux-aarch64',
    arm: 'linux-armv4',
    '386': 'linux-x86',
    ppc64le: 'linux-ppc64le',
    s390x: 'linux64-s390x',
    riscv64: 'linux64-riscv64',
  };
  return known[architecture] ?? 'linux-generic64';
}

function make(build: LibraryBuild, words: readonly string[], directory: string): Command {
  return commandOf(build, 'make', [makeProgram(build), `-j${build.jobs}`, ...words], directory);
}

/** One at a time: install rules of old Makefiles race. */
function install(
  build: LibraryBuild,
  words: readonly string[],
  targets: readonly string[],
  directory: string,
): Command {
  const destination = `DESTDIR=${build.folders.installed}`;
  return commandOf(
    build,
    'install',
    [makeProgram(build), '-j1', destination, ...words, ...targets],
    directory,
  );
}

function makeProgram({ toolchain }: LibraryBuild): string {
  return toolchain.tools.build.make?.path ?? 'make';
}

function commandOf(build: LibraryBuild, verb: string, words: readonly string[], cwd: string): Command {
  const [program = '', ...args] = words;
  const what = `${build.row.name} ${build.version}`;
  return {
    program,
    args,
    cwd,
    env: environmentOf(build),
    purpose: `${verb} ${what} with ${build.toolchain.c.label}`,
    once: `${what} (${build.place})`,
  };
}

function environmentOf(build: LibraryBuild): Readonly<Record<string, string | undefined>> {
  const { folders, toolchain, row } = build;
  const { triple } = toolchain.c;
  const isOwnTool = row.recipe.kind === 'make';
  return {
    PATH: [folders.bin, ...toolchain.tools.searchPath].join(':'),
    LC_ALL: 'C',
    TZ: 'UTC0',
    ...(isOwnTool
      ? {}
      : { CC: `${triple}-gcc`, CXX: `${triple}-g++`, AR: `${triple}-ar`, RANLIB: `${triple}-ranlib` }),
    STRIP: 'true',
    PKG_CONFIG: join(folders.bin, 'pkg-config'),
    PKG_CONFIG_LIBDIR: join(folders.sysroot, 'usr/lib/pkgconfig'),
    PKG_CONFIG_SYSROOT_DIR: folders.sysroot,
    // CMake's install heeds it; make is given it as a word.
    ...(row.recipe.kind === 'cmake' ? { DESTDIR: folders.installed } : {}),
  };
}

function fill(build: LibraryBuild, words: readonly string[]): readonly string[] {
  const { triple } = build.toolchain.c;
  const values: WordValues = {
    cc: `${triple}-gcc`,
    ar: `${triple}-ar`,
    ranlib: `${triple}-ranlib`,
    buildCc: join(build.folders.bin, 'build-cc'),
    host: triple,
    sysroot: build.folders.sysroot,
    tools: build.programs,
  };
  return words.map((word) => fillWords(word, values));
}

function toolchainFile({ work }: LibraryFolders): string {
  return join(work, 'toolchain.cmake');
}

function textFile(path: string, text: string): PlannedFile {
  return { path, content: { kind: 'text', text, mode: 0o644 } };
}
