import { accessSync, constants, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { CHECK_PATH_HINT } from '../core/hints.ts';
import { listNames } from '../core/list-names.ts';
import { type ManifestFacts, readCmakeText, readConfigureAcText, readMesonText } from './c-manifests.ts';
import { declaredPrograms, meantProgram } from './c-programs.ts';
import { imageName } from './image-name.ts';
import { detectLicense } from './license.ts';
import { type DirectoryNames, directoryNames, readFileStart, readProjectFile } from './project-file.ts';
import { MAKEFILES } from './makefiles.ts';
import type { ConfigureScript, CProject } from './project.ts';
import { readVersionFile } from './version-file.ts';

type BuildSystem = CProject['buildSystem'];

const C_SUFFIXES = ['.c'];
const CXX_SUFFIXES = ['.cc', '.cpp', '.cxx', '.c++', '.C'];

/** autoconf's own, with everything that it can test, have about 1 MiB. */
const SCRIPT_LIMIT_BYTES = 16 * 1024 * 1024;

/** Of programs, in an error. */
const NAMED_LIMIT = 20;

/** Enough of a script to find out who made it. */
const SCRIPT_START_BYTES = 4 * 1024;
const CONFIG_SUB_LIMIT_BYTES = 128 * 1024;

/** Folders whose sources say nothing about the program's own language. */
const SIDE_DIRECTORY =
  /^(\.|(.*[_-])?tests?$|testing|unittest|examples?$|samples?$|bench|fuzz|docs?$|scripts?$|build|contrib|debian$|(ms-?)?(windows|win32|win64|dos)$|wince$|mac(os|osx)?$|beos$|haiku$|os2$|vms$|amiga$)/i;
const SCAN_DEPTH = 4;
/** Of all C and C++ files: so few C++ ones do not make it a C++ project. */
const RARE_CXX_SHARE = 0.1;
const MAX_SCANNED_DIRECTORIES = 500;
const MAX_SCANNED_NAMES = 100_000;

export function languageOfFile(path: string): 'c' | 'c++' | null {
  const suffix = extname(path);
  if (C_SUFFIXES.includes(suffix)) return 'c';
  return CXX_SUFFIXES.includes(suffix) ? 'c++' : null;
}

/** One C or C++ source file. */
export function detectCSource(path: string, directory: string, language: 'c' | 'c++'): CProject {
  return {
    kind: 'c',
    name: imageName(basename(path, extname(path))),
    version: null,
    license: detectLicense(directory),
    directory,
    language,
    buildSystem: 'single',
    source: path,
    configure: null,
    choosesOptimisation: false,
    binary: null,
    otherPrograms: [],
    preferred: [],
  };
}

/**
 * Several source files of one program, which bears the name of the first. Errors: USAGE for what is none, NOT_FOUND.
 */
export function detectCSources(paths: readonly string[]): CProject {
  const sources = [...new Set(paths)].map((path) => ({ path, language: sourceLanguage(path) }));
  const [first] = sources;
  if (first === undefined) throw new Error('a program has a source');
  const isCxx = sources.some(({ language }) => language === 'c++');
  const project = detectCSource(first.path, dirname(first.path), isCxx ? 'c++' : 'c');
  return sources.length === 1 ? project : { ...project, sources };
}

function sourceLanguage(path: string): 'c' | 'c++' {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined)
    throw new MorselError('NOT_FOUND', `${path}: no such file or directory`, { hint: CHECK_PATH_HINT });
  const language = stat.isFile() ? languageOfFile(path) : null;
  if (language !== null) return language;
  throw new MorselError(
    'USAGE',
    `${path} is no C or C++ file, and several paths are the files of one program`,
    {
      hint: 'name only C and C++ files, or one project, file or program',
    },
  );
}

/** Build systems of a directory in the order of preference: those that can build outside of the tree come first. */
export function buildSystemsOf(directory: string, names: DirectoryNames): readonly BuildSystem[] {
  const has = (name: string): boolean => names.files.includes(name);
  const found: BuildSystem[] = [];
  const isAutotools = has('configure.ac') || has('configure.in') || has('configure');
  const cmake = has('CMakeLists.txt') ? manifestStart(join(directory, 'CMakeLists.txt')) : '';
  const isAside = isAutotools && !CMAKE_WHOLE.test(cmake);
  if (CMAKE_PROJECT.test(cmake) && !isAside) found.push('cmake');
  if (has('meson.build') && MESON_PROJECT.test(manifestStart(join(directory, 'meson.build'))))
    found.push('meson');
  if (isAutotools) found.push('autotools');
  if (MAKEFILES.some((name) => has(name) && !isGenerated(join(directory, name)))) found.push('make');
  return found;
}

const CMAKE_PROJECT = /\bproject\s*\(/i;
/** Without any of these it installs nothing: beside a configure it is for Windows and editors, and seldom tried here. */
const CMAKE_WHOLE = /\b(?:install|add_subdirectory|include)\s{0,8}\(/i;
const MESON_PROJECT = /^[ \t]*project[ \t]*\(/m;

/** Without that call a file belongs to a folder of a larger project, or is damaged. */
const PROJECT_CALL_BYTES = 256 * 1024;

/** Unlike a source that is scanned, a build file that is there must be readable. Error: UNREADABLE. */
function manifestStart(path: string): string {
  try {
    accessSync(path, constants.R_OK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new MorselError('UNREADABLE', `${path} cannot be read (${code})`, {
      cause,
      hint: 'allow this user to read it, or name the source file itself',
    });
  }
  return readFileStart(path, PROJECT_CALL_BYTES);
}

/** configure and CMake leave Makefiles that belong to another build. */
function isGenerated(path: string): boolean {
  return /generated (automatically )?(by|from)|CMAKE generated file/i.test(readFileStart(path, 1024));
}

/** A directory with a build system. `forced`: the user named the manifest. Error: UNREADABLE. */
export function detectCTree(
  directory: string,
  buildSystem: Exclude<BuildSystem, 'single'>,
  bin: string | null,
): CProject {
  const facts = manifestFacts(directory, buildSystem);
  const folder = folderName(directory);
  const name = facts.name ?? folder.name;
  const declared = bin === null ? declaredPrograms(directory, buildSystem, facts.name) : null;
  const meant = meantProgram(name, declared);
  if (meant.ambiguous.length > 0) throw severalPrograms(directory, meant.ambiguous);
  return {
    kind: 'c',
    name: imageName(bin === null ? (meant.certain ?? name) : basename(bin)),
    version: facts.version ?? readVersionFile(directory) ?? folder.version,
    license: facts.license ?? detectLicense(directory),
    directory,
    language: languageOfTree(directory, facts),
    buildSystem,
    source: null,
    configure: buildSystem === 'autotools' ? configureScript(directory) : null,
    choosesOptimisation: facts.choosesOptimisation,
    ...(facts.writesForMake === true && { writesForMake: true }),
    binary: bin,
    otherPrograms: [],
    preferred: meant.preferred,
    ...(meant.choices.length > 1 && { choices: meant.choices }),
  };
}

/** Known without a build, which may take long. */
function severalPrograms(directory: string, names: readonly string[]): MorselError {
  return new MorselError(
    'AMBIGUOUS_PROJECT',
    `${directory} makes several programs, none of which bears its name: ${listNames(names, NAMED_LIMIT)}`,
    { hint: `choose one: --bin ${names[0] ?? 'NAME'}`, details: { candidates: names } },
  );
}

/** `tree-2.1.0`, as released sources unpack, is tree, version 2.1.0; Debian adds `+dfsg`. */
function folderName(directory: string): { readonly name: string; readonly version: string | null } {
  const name = basename(directory);
  const match = /-v?(\d+(?:\.\d+)+)(?:[+~][\w.+~]{1,40})?$/i.exec(name);
  const before = name.slice(0, match?.index ?? 0);
  return /[a-z]/i.test(before) ? { name: before, version: match?.[1] ?? null } : { name, version: null };
}

function manifestFacts(directory: string, buildSystem: BuildSystem): ManifestFacts {
  const text = (...names: readonly string[]): string =>
    names.map((name) => readProjectFile(join(directory, name))).find((content) => content !== null) ?? '';
  if (buildSystem === 'cmake') return readCmakeText(text('CMakeLists.txt'));
  if (buildSystem === 'meson') return readMesonText(text('meson.build'));
  if (buildSystem === 'autotools') return readConfigureAcText(text('configure.ac', 'configure.in'));
  return { name: null, version: null, license: null, languages: null, choosesOptimisation: false };
}

/**
 * C++ asks for a toolchain that has it, which musl-gcc has not. One file among many that the build may never compile (jimsh's
 * jim-mk.cpp) asks for nothing: its compiler is a script that refuses, and where it is called after all zig comes next.
 */
function languageOfTree(directory: string, facts: ManifestFacts): 'c' | 'c++' {
  if (facts.languages !== null && !facts.languages.includes('c++')) return 'c';
  const { c, cxx } = countSources(directory);
  if (facts.languages !== null) return cxx > 0 ? 'c++' : 'c';
  return cxx > (c + cxx) * RARE_CXX_SHARE ? 'c++' : 'c';
}

/** A bounded walk, breadth first: the program's own sources are near the top. */
function countSources(root: string): { readonly c: number; readonly cxx: number } {
  const count = { c: 0, cxx: 0 };
  const pending = [{ path: root, depth: 0 }];
  let namesLeft = MAX_SCANNED_NAMES;
  for (let seen = 0; pending.length > 0 && seen < MAX_SCANNED_DIRECTORIES; seen++) {
    const next = pending.shift();
    if (next === undefined || namesLeft < 0) return count;
    const names = directoryNames(next.path);
    namesLeft -= names.files.length + names.directories.length;
    const languages = names.files.map(languageOfFile);
    count.c += languages.filter((language) => language === 'c').length;
    count.cxx += languages.filter((language) => language === 'c++').length;
    if (next.depth >= SCAN_DEPTH) continue;
    const own = names.directories.filter((name) => !SIDE_DIRECTORY.test(name));
    for (const name of own) pending.push({ path: join(next.path, name), depth: next.depth + 1 });
  }
  return count;
}

function configureScript(directory: string): ConfigureScript {
  const script = readProjectFile(join(directory, 'configure'), SCRIPT_LIMIT_BYTES) ?? '';
  const source =
    readProjectFile(join(directory, 'configure.ac')) ??
    readProjectFile(join(directory, 'configure.in')) ??
    '';
  if (script === '') {
    const usesLibtool = /^[ \t]*(LT_INIT|A[CM]_PROG_LIBTOOL)\b/m.test(source);
    return {
      generated: false,
      stale: false,
      byAutoconf: true,
      usesLibtool,
      knowsMusl: /^[ \t]*(AC_CANONICAL|AM_|LT_INIT)/m.test(source),
    };
  }
  const configSub = ['', 'build-aux', 'config', 'conf', 'autotools', 'support', 'auxdir', 'build']
    .map((folder) => readFileStart(join(directory, folder, 'config.sub'), CONFIG_SUB_LIMIT_BYTES))
    .find((text) => text !== '');
  return {
    generated: true,
    stale: isStale(directory),
    byAutoconf: /Generated (automatically )?(by|using) (GNU )?Autoconf/i.test(
      script.slice(0, SCRIPT_START_BYTES),
    ),
    usesLibtool: script.includes('--enable-shared[=PKGS]'),
    knowsMusl: configSub !== undefined && configSub.includes('musl'),
  };
}

/** A checkout gives all files about the same time; a patched file is much newer than what was released. */
const STALE_MS = 60_000;

/** 0 for what is not there, or cannot be looked at. */
function timeOf(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

/** Whether the inputs of autoreconf are newer than its results, in the directory and one level below. */
function isStale(directory: string): boolean {
  const newer = (input: string, result: string): boolean => {
    const made = timeOf(result);
    return made > 0 && timeOf(input) > made + STALE_MS;
  };
  const folders = [directory, ...directoryNames(directory).directories.map((name) => join(directory, name))];
  return (
    ['configure.ac', 'configure.in'].some((name) =>
      newer(join(directory, name), join(directory, 'configure')),
    ) || folders.some((folder) => newer(join(folder, 'Makefile.am'), join(folder, 'Makefile.in')))
  );
}
