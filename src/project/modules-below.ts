import { join } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { listNames } from '../core/list-names.ts';
import type { DetectOneOptions } from './detect-options.ts';
import type { ProjectLanguage } from './language.ts';
import { LANGUAGES } from './languages.ts';
import { directoryNames } from './project-file.ts';
import type { SourceProject } from './project.ts';

/** How far below a repository its modules lie, and how many folders are looked into for them. */
const MAX_DEPTH = 3;
const MAX_FOLDERS = 2_000;
/** Modules that are asked whether they have a program. */
const MAX_MODULES = 40;
/** Of modules, in an error. */
const NAMED_LIMIT = 12;

/** Folders whose modules are not what a repository is for. */
const SIDE_FOLDER =
  /^(\.|_|vendor$|third[_-]party$|node_modules$|testdata$|tests?$|examples?$|docs?$|target$|build$)/i;

/** What a tree holds that its top does not say. */
export interface TreeContents {
  /** Folders with a manifest of their own, relative, sorted; nothing below them is looked at. */
  readonly modules: readonly { readonly path: string; readonly language: ProjectLanguage }[];
  /** A source file of a language, relative, found outside of those. */
  readonly sources: ReadonlyMap<ProjectLanguage, string>;
  /** There are C or C++ sources outside of the modules: a Makefile may be theirs, and nothing more is looked at. */
  readonly hasC: boolean;
}

const C_SOURCE = /\.(c|cc|cpp|cxx|c\+\+|C|S|s|asm|f|f90|m|mm)$/;

/** A bounded look at a tree, breadth first. Error: LIMIT_EXCEEDED. */
export function readTree(directory: string): TreeContents {
  const modules: { path: string; language: ProjectLanguage }[] = [];
  const sources = new Map<ProjectLanguage, string>();
  const pending = [{ path: '', depth: 0 }];
  for (let seen = 0; seen < MAX_FOLDERS; seen++) {
    const next = pending.shift();
    if (next === undefined) break;
    const { files, directories } = directoryNames(join(directory, next.path));
    const language = LANGUAGES.find(({ manifest }) => files.includes(manifest));
    if (language !== undefined) {
      modules.push({ path: next.path, language });
      continue;
    }
    if (files.some((name) => C_SOURCE.test(name))) return { modules, sources, hasC: true };
    for (const one of LANGUAGES) {
      const source = files.find((name) => name.endsWith(one.suffix));
      if (source !== undefined && !sources.has(one)) sources.set(one, join(next.path, source));
    }
    if (next.depth >= MAX_DEPTH) continue;
    for (const name of directories.filter((folder) => !SIDE_FOLDER.test(folder)))
      pending.push({ path: join(next.path, name), depth: next.depth + 1 });
  }
  return { modules: modules.toSorted((a, b) => (a.path < b.path ? -1 : 1)), sources, hasC: false };
}

/**
 * The project of a directory that has neither a manifest nor C sources of its own, though perhaps a Makefile that calls
 * another language's tool: the only module below it that has a program. null where there is no module and no source of
 * such a language. Errors: AMBIGUOUS_PROJECT (several modules, listed), NO_PROJECT (sources without a module).
 */
export function detectBelow(
  directory: string,
  tree: TreeContents,
  options: DetectOneOptions,
): SourceProject | null {
  if (tree.hasC) return null;
  const found = tree.modules
    .slice(0, MAX_MODULES)
    .flatMap(({ path, language }) => programsOf(directory, path, language, options));
  const [first] = found;
  if (first === undefined) return withoutModule(directory, tree);
  if (found.length > 1)
    throw severalModules(
      directory,
      found.map(({ path }) => path),
    );
  if (first.project instanceof MorselError) throw first.project;
  const message = `${directory} has no project of its own; took ./${first.path}, the only one below it`;
  const note = { message, hint: `name it, as in: ${buildCommand(directory, first.path)}` };
  return { ...first.project, notes: [note, ...(first.project.notes ?? [])] };
}

interface Found {
  readonly path: string;
  /** An error where it has several programs. */
  readonly project: SourceProject | MorselError;
}

function programsOf(
  directory: string,
  path: string,
  language: ProjectLanguage,
  options: DetectOneOptions,
): readonly Found[] {
  try {
    const project = language.detect(join(directory, path), { binary: options.bin });
    return project === null ? [] : [{ path, project }];
  } catch (error) {
    if (!(error instanceof MorselError)) throw error;
    // A library, or one without the program that was asked for.
    return error.code === 'NO_PROJECT' ? [] : [{ path, project: error }];
  }
}

function severalModules(directory: string, paths: readonly string[]): MorselError {
  const named = paths.map((path) => `./${path}`);
  return new MorselError(
    'AMBIGUOUS_PROJECT',
    `${directory} has no project of its own, but several below it: ${listNames(named, NAMED_LIMIT)}`,
    { hint: `name one: ${buildCommand(directory, paths[0] ?? '')}`, details: { candidates: named } },
  );
}

/** Go of the time before modules; a crate without a manifest. null where no such source is there. */
function withoutModule(directory: string, { sources, modules }: TreeContents): null {
  if (modules.length > 0) return null;
  const [first] = sources;
  if (first === undefined) return null;
  const [{ title, manifest, makeManifest }, source] = first;
  throw new MorselError('NO_PROJECT', `${directory} has ${title} sources (${source}), but no ${manifest}`, {
    hint: `name the folder that has one, or make it there: ${makeManifest}`,
  });
}

/** As it can be typed where the user is. */
function buildCommand(directory: string, path: string): string {
  return `morsel build ${directory === process.cwd() ? `./${path}` : join(directory, path)}`;
}
