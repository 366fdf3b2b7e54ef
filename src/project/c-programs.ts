import { dirname, join, normalize } from 'node:path';
import { readAutomakeFile } from './automake-programs.ts';
import { readCmakeFile } from './cmake-programs.ts';
import { readMesonFile } from './meson-programs.ts';
import { namesOfProject } from './names-of-project.ts';
import { readProjectFile } from './project-file.ts';
import type { CProject } from './project.ts';
import { isSecondaryProgram } from './secondary-program.ts';

/** A program that a build file names. */
export interface DeclaredProgram {
  /** Relative to the project, where a build puts it: `tools/convert`. */
  readonly path: string;
  readonly name: string;
  /** Under no condition of the build files: every build makes it. */
  readonly isCertain: boolean;
  /** `install` puts it where a user finds it. */
  readonly isInstalled: boolean;
}

/** What one build file says. Pure, bounded by the size of its text. */
export interface BuildFile {
  readonly programs: readonly FileProgram[];
  /** Other build files, relative to the folder of this one. */
  readonly below: readonly { readonly path: string; readonly isCertain: boolean; readonly folder: string }[];
  /** It makes programs whose names are computed, or names them otherwise afterwards. */
  readonly isComputed: boolean;
}

export interface FileProgram {
  readonly name: string;
  readonly isCertain: boolean;
  readonly isInstalled: boolean;
}

export interface DeclaredPrograms {
  readonly programs: readonly DeclaredProgram[];
  /** There may be others: names that are computed, or more files than are read. */
  readonly isComplete: boolean;
}

/** Build files of one project that are read; the largest have some thousands, whose top ones say enough. */
const MAX_BUILD_FILES = 400;

type Read = (text: string, projectName: string | null) => BuildFile;

const READERS: Readonly<
  Partial<Record<CProject['buildSystem'], { readonly file: string; readonly read: Read }>>
> = {
  cmake: { file: 'CMakeLists.txt', read: readCmakeFile },
  meson: { file: 'meson.build', read: readMesonFile },
  autotools: { file: 'Makefile.am', read: readAutomakeFile },
};

/** The programs that a project's build files name, found without a build; null where they do not tell. Error: LIMIT_EXCEEDED. */
export function declaredPrograms(
  directory: string,
  buildSystem: CProject['buildSystem'],
  projectName: string | null,
): DeclaredPrograms | null {
  const reader = READERS[buildSystem];
  if (reader === undefined) return null;
  const programs: DeclaredProgram[] = [];
  const pending = [{ path: reader.file, folder: '', isCertain: true }];
  const seen = new Set<string>();
  let isComplete = true;
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    if (seen.has(next.path)) continue;
    seen.add(next.path);
    if (seen.size > MAX_BUILD_FILES) return { programs, isComplete: false };
    const text = readProjectFile(join(directory, next.path));
    if (text === null) {
      // Of the top, or generated: nothing is known of what it makes.
      if (programs.length === 0 && seen.size === 1) return null;
      isComplete = false;
      continue;
    }
    const { isCertain, folder } = next;
    const file = reader.read(text, projectName);
    // Tests may have any names.
    isComplete &&= !file.isComputed || isSecondaryProgram(join(folder, 'x'));
    for (const one of file.programs)
      programs.push({ ...one, path: join(folder, one.name), isCertain: one.isCertain && isCertain });
    const base = dirname(next.path);
    for (const one of file.below) {
      const path = normalize(join(base, one.path));
      // What lies outside of the project is no part of it that could be looked at.
      if (path.startsWith('..')) isComplete = false;
      else pending.push({ path, folder: join(folder, one.folder), isCertain: one.isCertain && isCertain });
    }
  }
  return { programs, isComplete };
}

/** What a project means among the programs that it declares. */
export interface MeantProgram {
  /** Names, the best first, for the choice among what a build makes. */
  readonly preferred: readonly string[];
  /** The one that will be taken, where that is certain; it gives the image its name. */
  readonly certain: string | null;
  /** Programs among which nothing decides: every build makes all of them, and none is called as the project. */
  readonly ambiguous: readonly string[];
  /** The one that is sure to be taken, then the others that every build makes. */
  readonly choices: readonly string[];
}

/** Pure. */
export function meantProgram(projectName: string | null, declared: DeclaredPrograms | null): MeantProgram {
  const bearing = projectName === null ? [] : namesOfProject(projectName);
  const primary = (declared?.programs ?? []).filter(({ path }) => !isSecondaryProgram(path));
  const bearer = bearing
    .map((name) => primary.find((one) => sameName(one.name, name)))
    .find((one) => one !== undefined);
  const installed = primary.filter(({ isInstalled }) => isInstalled);
  const [only] = installed;
  const preferred = installed.length === 1 && only !== undefined ? [...bearing, only.name] : bearing;
  if (declared === null || !declared.isComplete)
    return { preferred, certain: null, ambiguous: [], choices: [] };
  const certain = primary.filter(({ isCertain }) => isCertain);
  const sole = primary.length === 1 ? primary[0] : undefined;
  const taken = bearer ?? sole ?? (installed.length === 1 ? only : undefined);
  if (taken?.isCertain === false) return { preferred, certain: null, ambiguous: [], choices: [] };
  if (taken !== undefined) {
    const choices = new Set([taken, ...certain].map(({ name }) => name));
    return { preferred, certain: taken.name, ambiguous: [], choices: [...choices] };
  }
  const undecided = installed.some((one) => one.isCertain)
    ? installed.filter((one) => one.isCertain)
    : certain;
  // A single one that is sure to be installed may stay alone, if those under conditions are not built.
  const names = [...new Set(undecided.map(({ name }) => name))].toSorted();
  return { preferred, certain: null, ambiguous: names.length < 2 ? [] : names, choices: [] };
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
