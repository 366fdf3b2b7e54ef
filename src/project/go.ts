import { basename, dirname, join, relative } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { listNames } from '../core/list-names.ts';
import { hostArchitecture } from '../core/machines.ts';
import { goModuleCache, goSettingsFile } from './go-environment.ts';
import { type GoModule, packageDirectory, readGoModule, readGoWork } from './go-module.ts';
import { MAX_SCANNED_CHARACTERS, readGoPackage, type ScanBudget } from './go-source.ts';
import { imageName } from './image-name.ts';
import { detectLicense } from './license.ts';
import type { ProjectLanguage } from './language.ts';
import { namesOfProject } from './names-of-project.ts';
import type { GoProject, ProjectNote, WantedGo } from './project.ts';
import { directoryNames, isFile, readProjectFile } from './project-file.ts';
import { readVersionFile } from './version-file.ts';

export const GO: ProjectLanguage = {
  kind: 'go',
  title: 'Go',
  manifest: 'go.mod',
  makeManifest: 'go mod init example.com/NAME && go mod tidy',
  readWith: ['go.work', 'go.sum'],
  suffix: '.go',
  hasPackagesBelow: true,
  detect: detectGo,
};

/** Folders of a module that are looked at for programs, and packages for C code. */
const MAX_DIRECTORIES = 20_000;
const MAX_PACKAGES = 20_000;
const MAX_PARENTS = 64;
/** Programs in a message. */
const NAMED_LIMIT = 20;

/** Programs that belong to a module, but are not what it is for. */
const SIDE_FOLDERS = new Set([
  'examples',
  'example',
  '_examples',
  'hack',
  'scripts',
  'tools',
  'tool',
  'internal',
  'test',
  'tests',
  'misc',
]);

export interface DetectGoOptions {
  /** `--bin`; undefined when nothing was chosen. */
  readonly binary?: string | undefined;
  /** The user's environment (GOPATH, GOFLAGS …); this process's own by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * A Go program in a directory: of the module there, or of a package below a module. Null where there is no module, or
 * only a library below one. Reads files only: the go command need not be there. Errors: AMBIGUOUS_PROJECT (several
 * programs, listed), NO_PROJECT.
 */
export function detectGo(directory: string, options: DetectGoOptions = {}): GoProject | null {
  const env = options.env ?? process.env;
  const module = moduleOf(directory, goModuleCache(env));
  if (module === null) return null;
  const architecture = env['GOARCH'] ?? hostArchitecture();
  const choice = choosePackage(module, directory, architecture, options.binary);
  if (choice === null) return null;
  const { packagePath } = choice;
  const cgoPackages = env['CGO_ENABLED'] === '0' ? [] : findCgoPackages(module, packagePath, architecture);
  const binary = binaryName(module, packagePath);
  return {
    kind: 'go',
    name: imageName(binary),
    version: readVersionFile(module.directory),
    license: detectLicense(module.directory),
    directory: module.directory,
    package: packagePath,
    module: module.path,
    binary,
    otherPrograms: [],
    usesCgo: cgoPackages.length > 0,
    cgoPackages,
    cgoLoss: cgoPackages.length > 0 ? { how: 'unknown', packages: cgoPackages } : null,
    cgoReplaced: [],
    wantedGo: wantedGo(module, env),
    goFlags: goFlagsOf(env),
    notes: notesOf(module, choice),
    ...(choice.others.length > 0 && { choices: choicesOf(module, [packagePath, ...choice.others]) }),
  };
}

function moduleOf(directory: string, moduleCache: string): GoModule | null {
  let current = directory;
  for (let depth = 0; depth < MAX_PARENTS; depth++) {
    const module = readGoModule(current, moduleCache);
    // A folder below a module counts only with Go files of its own: the module above may have nothing to do with it.
    if (module !== null) return current === directory || hasGoFiles(directory) ? module : null;
    if (current === dirname(current)) return null;
    current = dirname(current);
  }
  return null;
}

function hasGoFiles(directory: string): boolean {
  return directoryNames(directory).files.some((name) => name.endsWith('.go') && !name.endsWith('_test.go'));
}

/** A package of a module, and the ones beside it that were not taken. */
interface PackageChoice {
  readonly packagePath: string;
  readonly others: readonly string[];
}

function choosePackage(
  module: GoModule,
  directory: string,
  architecture: string,
  binary: string | undefined,
): PackageChoice | null {
  const here = { packagePath: relativePackage(module, directory), others: [] };
  const isProgram = readGoPackage(directory, architecture)?.name === 'main';
  if (binary === undefined && isProgram) return here;
  if (directory !== module.directory) {
    if (isProgram && binaryName(module, here.packagePath) === binary) return here;
    if (binary === undefined) return null;
  }
  const programs = listPrograms(module, architecture);
  if (binary !== undefined) return { packagePath: namedProgram(module, programs, binary), others: [] };
  const commands = programs.filter((path) => path.startsWith('./cmd/'));
  const primary = programs.filter((path) => !path.split('/').some((part) => SIDE_FOLDERS.has(part)));
  const candidates = commands.length > 0 ? commands : primary.length > 0 ? primary : programs;
  const [only] = candidates;
  if (only === undefined) throw noProgram(module);
  const named = new Set([...candidates, ...primary]);
  const packagePath = candidates.length === 1 ? only : bearerOf(module, [...named]);
  if (packagePath === undefined) throw ambiguous(module, candidates);
  return { packagePath, others: candidates.filter((path) => path !== packagePath) };
}

/** Of several programs the one that is called as the module: filippo.io/age means ./cmd/age. */
function bearerOf(module: GoModule, programs: readonly string[]): string | undefined {
  for (const name of namesOfModule(binaryName(module, '.'))) {
    const bearers = programs.filter((path) => binaryName(module, path) === name);
    const best = bearers.length > 1 ? bearers.filter((path) => path.startsWith('./cmd/')) : bearers;
    if (best.length === 1) return best[0];
    if (bearers.length > 0) return undefined;
  }
  return undefined;
}

/** `go-tool` and `tool.go` are repositories of `tool`. */
function namesOfModule(name: string): readonly string[] {
  const plain = name.replace(/^go-(?=.)|(?<=.)[-.]go$/g, '');
  return [...new Set([name, plain, ...namesOfProject(plain)])];
}

function notesOf(module: GoModule, { packagePath, others }: PackageChoice): readonly ProjectNote[] {
  const [other] = others;
  if (other === undefined) return [];
  const message = `took ${packagePath}, which bears the name of the module; it also has ${listNames(others, NAMED_LIMIT)}`;
  return [
    { message, hint: `choose another with --bin, as in: --bin ${choicesOf(module, others)[0] ?? other}` },
  ];
}

/** What `--bin` takes for each: its name, or its path where two have one name. */
function choicesOf(module: GoModule, programs: readonly string[]): readonly string[] {
  const names = programs.map((path) => binaryName(module, path));
  return new Set(names).size === names.length ? names : programs;
}

function wantedGo({ wantedGo: own, directory }: GoModule, env: Environment): WantedGo {
  const work = readGoWork(directory, env['GOWORK']);
  return {
    minimum: laterOf(own.minimum, work?.minimum ?? null),
    toolchain: laterOf(own.toolchain, work?.toolchain ?? null),
  };
}

/** By their numbers. */
function laterOf(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a.localeCompare(b, 'en', { numeric: true }) < 0 ? b : a;
}

function namedProgram(module: GoModule, programs: readonly string[], binary: string): string {
  const found = programs.filter(
    (path) => path === binary || path === `./${binary}` || binaryName(module, path) === binary,
  );
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (found.length > 1) throw ambiguous(module, found);
  const names = programs.map((path) => binaryName(module, path));
  throw new MorselError('NO_PROJECT', `no program \`${binary}\` in module ${module.path}`, {
    hint: names.length === 0 ? LIBRARY_HINT : `choose one with --bin: ${names.join(', ')}`,
    details: { candidates: programs },
  });
}

function ambiguous(module: GoModule, programs: readonly string[]): MorselError {
  const choices = choicesOf(module, programs);
  return new MorselError(
    'AMBIGUOUS_PROJECT',
    `${module.directory} has several programs: ${listNames(programs, NAMED_LIMIT)}`,
    {
      hint: `choose one: ${choices
        .slice(0, NAMED_LIMIT)
        .map((name) => `--bin ${name}`)
        .join(', ')}`,
      details: { candidates: choices },
    },
  );
}

const LIBRARY_HINT = 'add a package main, or give the folder of the module that has one';

function noProgram(module: GoModule): MorselError {
  return new MorselError(
    'NO_PROJECT',
    `module ${module.path} in ${module.directory} has no package main: it is a library`,
    { hint: LIBRARY_HINT },
  );
}

/** Packages `main` of the module, as `./cmd/x`; nested modules, vendor, testdata and hidden folders are not its own. */
function listPrograms(module: GoModule, architecture: string): readonly string[] {
  const found: string[] = [];
  const pending = [module.directory];
  const budget: ScanBudget = { left: MAX_SCANNED_CHARACTERS };
  let seen = 0;
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    if (++seen > MAX_DIRECTORIES || budget.left < 0) throw tooLarge(module);
    if (readGoPackage(directory, architecture, budget)?.name === 'main')
      found.push(relativePackage(module, directory));
    for (const name of directoryNames(directory).directories) {
      const path = join(directory, name);
      if (/^[._]/.test(name) || ['vendor', 'testdata', 'node_modules'].includes(name)) continue;
      if (!isFile(join(path, 'go.mod'))) pending.push(path);
    }
  }
  return found.toSorted();
}

function tooLarge({ directory }: GoModule): MorselError {
  return new MorselError('LIMIT_EXCEEDED', `${directory} is too large to be searched for programs`, {
    hint: 'name the folder of the program itself',
  });
}

function relativePackage(module: GoModule, directory: string): string {
  const path = relative(module.directory, directory);
  return path === '' ? '.' : `./${path}`;
}

/** As `go build` names it: the last element of the import path, a major version suffix left out. */
function binaryName(module: GoModule, packagePath: string): string {
  if (packagePath !== '.') return basename(packagePath);
  const parts = module.path.split('/');
  const last = parts.at(-1) ?? '';
  return (/^v\d+$/.test(last) && parts.length > 1 ? parts.at(-2) : last) ?? 'main';
}

/**
 * Packages with `import "C"` that the program imports, itself included: its own, vendored ones, and those in the module
 * cache. Modules that are not downloaded yet are not seen; `completeGoProject` asks the go command.
 */
function findCgoPackages(module: GoModule, packagePath: string, architecture: string): readonly string[] {
  const start = packagePath === '.' ? module.path : `${module.path}/${packagePath.slice(2)}`;
  const seen = new Set([start]);
  const pending = [start];
  const found: string[] = [];
  const budget: ScanBudget = { left: MAX_SCANNED_CHARACTERS };
  for (let path = pending.pop(); path !== undefined && seen.size < MAX_PACKAGES; path = pending.pop()) {
    // The go command is asked later; what is found here only lets a plan be made without it.
    if (budget.left < 0) break;
    const directory = packageDirectory(module, path);
    const own = directory === null ? null : readGoPackage(directory, architecture, budget);
    if (own === null) continue;
    if (own.usesCgo) found.push(path);
    for (const imported of own.imports) {
      if (seen.has(imported)) continue;
      seen.add(imported);
      pending.push(imported);
    }
  }
  return found.toSorted();
}

type Environment = Readonly<Record<string, string | undefined>>;

/** GOFLAGS of the environment, else of the file that `go env -w` writes. */
function goFlagsOf(env: Environment): readonly string[] {
  const file = goSettingsFile(env);
  const written = file === 'off' ? null : readProjectFile(file);
  const text = env['GOFLAGS'] ?? /^GOFLAGS=(.*)$/m.exec(written ?? '')?.[1] ?? '';
  // A flag with spaces is quoted as a whole: '-ldflags=-X main.version=1'.
  return (text.match(/'[^']*'|"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^(['"])(.*)\1$/, '$2'));
}
