import { accessSync, constants, type Stats } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { detectBinary } from './binary.ts';
import { buildSystemsOf, detectCSource, detectCSources, detectCTree, languageOfFile } from './c.ts';
import { MAKEFILES } from './makefiles.ts';
import { detectCFolder } from './c-folder.ts';
import type { DetectOneOptions } from './detect-options.ts';
import type { ProjectLanguage } from './language.ts';
import { LANGUAGES } from './languages.ts';
import { detectBelow, readTree } from './modules-below.ts';
import { type DirectoryNames, directoryNames } from './project-file.ts';
import type { CProject, Project } from './project.ts';

type Manifest = ProjectLanguage | Exclude<CProject['buildSystem'], 'single'>;

/** Files that say what a directory is; naming one of them chooses it. */
const MANIFESTS: ReadonlyMap<string, Manifest> = new Map<string, Manifest>([
  ...LANGUAGES.map((language) => [language.manifest, language] as const),
  ['CMakeLists.txt', 'cmake'],
  ['meson.build', 'meson'],
  ['configure.ac', 'autotools'],
  ['configure.in', 'autotools'],
  ['configure', 'autotools'],
  ...MAKEFILES.map((name) => [name, 'make'] as const),
]);

/**
 * The project of a directory or of a file that is no ELF file, or the error that says what the file is. Where a tree has several manifests, a
 * language's own one (Cargo.toml, go.mod) wins over a general one (its Makefile mostly calls cargo), and CMake, Meson,
 * autotools, make win in this order; naming the file (`morsel build ./Makefile`) chooses otherwise.
 */
export function detectSources(absolute: string, stat: Stats, options: DetectOneOptions): Project {
  if (options.moreSources !== undefined && options.moreSources.length > 0)
    return detectCSources([absolute, ...options.moreSources.map((path) => resolve(path))]);
  if (stat.isDirectory() && options.byMake === true) return detectBy('make', absolute, options);
  if (stat.isDirectory()) return detectDirectory(absolute, options);
  const manifest = MANIFESTS.get(basename(absolute));
  if (manifest !== undefined) return detectBy(manifest, dirname(absolute), options);
  const language = languageOfFile(absolute);
  if (language !== null && stat.size > 0) return detectCSource(absolute, dirname(absolute), language);
  const ofSource = LANGUAGES.find(({ suffix }) => absolute.endsWith(suffix));
  if (ofSource !== undefined) throw lonelySource(absolute, ofSource);
  return detectBinary(absolute);
}

function detectDirectory(directory: string, options: DetectOneOptions): Project {
  checkReadable(directory);
  const names = directoryNames(directory);
  refuseOddManifest(directory, names);
  const languages = LANGUAGES.filter(({ manifest }) => names.files.includes(manifest));
  if (languages.length > 1) throw severalLanguages(directory, languages);
  const below = languages.length > 0 ? null : detectPackage(directory, names, options);
  if (below !== null) return below;
  const [buildSystem] =
    options.byCommands === true ? (['commands'] as const) : buildSystemsOf(directory, names);
  const manifest = languages[0] ?? buildSystem;
  // A Makefile may do no more than call the tool of modules that lie below.
  if (manifest === undefined || manifest === 'make') {
    const other = detectBelow(directory, readTree(directory), options);
    if (other !== null) return other;
  }
  if (manifest !== undefined && manifest !== 'single') return detectBy(manifest, directory, options);
  // Not one of its source files instead, as if the build file were not there.
  const unusable = names.files.find((name) => TOP_CALLS.has(name));
  if (unusable !== undefined) throw withoutProject(directory, unusable, names);
  return detectCFolder(directory, names, options.bin ?? null) ?? noProject(directory);
}

/** A package of a Go module has no go.mod of its own. */
function detectPackage(
  directory: string,
  { files }: DirectoryNames,
  options: DetectOneOptions,
): Project | null {
  const language = LANGUAGES.find(
    ({ hasPackagesBelow, suffix }) => hasPackagesBelow && files.some((name) => name.endsWith(suffix)),
  );
  return language?.detect(directory, { binary: options.bin }) ?? null;
}

function severalLanguages(directory: string, languages: readonly ProjectLanguage[]): MorselError {
  const manifests = languages.map(({ manifest }) => manifest);
  const titles = languages.map(({ title }) => title).join(' and a ');
  return new MorselError(
    'AMBIGUOUS_PROJECT',
    `${directory} is both a ${titles} project: ${manifests.join(', ')}`,
    {
      hint: `name the one to build, as in: morsel build ./${manifests[0]}`,
      details: { candidates: manifests },
    },
  );
}

/** A build file that cannot be one is an error of the project: what it builds is not known. */
function refuseOddManifest(directory: string, { files, others }: DirectoryNames): void {
  const isRead = (name: string): boolean =>
    MANIFESTS.has(name) || (READ_WITH.has(name) && files.includes(READ_WITH.get(name) ?? ''));
  const odd = others.find(isRead);
  if (odd === undefined) return;
  throw new MorselError(
    'UNREADABLE',
    `${join(directory, odd)} is no file: a FIFO, a device, or a link to nothing`,
    {
      hint: 'remove it, or name the file to build',
    },
  );
}

/** File → the manifest beside which it is read. */
const READ_WITH: ReadonlyMap<string, string> = new Map(
  LANGUAGES.flatMap(({ manifest, readWith }) => readWith.map((name) => [name, manifest] as const)),
);

/** Build files whose top one of a project calls `project()`. */
const TOP_CALLS: ReadonlySet<string> = new Set(['CMakeLists.txt', 'meson.build']);

function withoutProject(directory: string, manifest: string, { files }: DirectoryNames): MorselError {
  const source = files.find((name) => languageOfFile(name) !== null);
  const path = join(directory, manifest);
  const named =
    source === undefined
      ? 'the folder of the project'
      : `the source file: morsel build ${join(directory, source)}`;
  return new MorselError(
    'CONFIG_INVALID',
    `${path} has no project(): it is damaged, or of a larger project`,
    {
      hint: `correct it, or name ${named}`,
    },
  );
}

function checkReadable(directory: string): void {
  try {
    accessSync(directory, constants.R_OK | constants.X_OK);
  } catch (cause) {
    throw new MorselError(
      'UNREADABLE',
      `${directory} cannot be read (${(cause as NodeJS.ErrnoException).code})`,
      { cause, hint: 'allow this user to read it' },
    );
  }
}

function detectBy(manifest: Manifest, directory: string, options: DetectOneOptions): Project {
  const found =
    typeof manifest === 'object'
      ? manifest.detect(directory, { binary: options.bin })
      : detectCTree(directory, manifest, options.bin ?? null);
  return found ?? noProject(directory);
}

function noProject(directory: string): never {
  throw new MorselError('NO_PROJECT', `${directory} is not a project that morsel knows`, {
    hint: `looked for ${[...MANIFESTS.keys()].join(', ')}, or one C or C++ file; name the project's directory, a source file or a program`,
  });
}

function lonelySource(path: string, { title, manifest }: ProjectLanguage): MorselError {
  return new MorselError('NO_PROJECT', `${path} is a single ${title} file`, {
    hint: `name the directory that holds its ${manifest}`,
  });
}
