import { type Dirent, readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { openByteSource } from '../../core/byte-source.ts';
import { listNames } from '../../core/list-names.ts';
import { MorselError } from '../../core/errors.ts';
import { isElf, readElfLinkage } from '../../elf/index.ts';
import { isExecutableFile } from '../../core/find-tool.ts';
import { isSecondaryProgram } from '../../project/index.ts';
import type { CompilePlan } from '../plan.ts';
import { withoutTwins } from './program-twins.ts';

/** Entries of a build folder that are looked at. */
const MAX_BUILD_ENTRIES = 500_000;
/** Of programs, in an error. */
const NAMED_LIMIT = 20;

/** Folders of build systems that hold programs made to test the compiler, not the project's. */
const INTERNAL_DIRECTORIES: ReadonlySet<string> = new Set([
  'CMakeFiles',
  'meson-private',
  'meson-info',
  '.git',
  '_deps',
  'autom4te.cache',
]);

export interface FoundArtifact {
  readonly path: string;
  /** Other programs that the build made, relative to the folder. */
  readonly others: readonly string[];
}

/** The executable that a build made. Errors: COMPILE_FAILED (none), AMBIGUOUS_PROJECT (several, listed). */
export function findArtifact(artifact: CompilePlan['artifact']): FoundArtifact {
  if (artifact.kind === 'file') {
    if (isExecutableFile(artifact.path)) return { path: artifact.path, others: [] };
    throw new MorselError('COMPILE_FAILED', `the build ended well, but ${artifact.path} is not there`, {
      hint: 'see with -v where the build puts it: a setting of the project may name another folder',
    });
  }
  const all = listPrograms(artifact.directory);
  const programs = withoutTwins(artifact.directory, all);
  if (artifact.name === null) return chooseProgram(artifact.directory, programs, artifact.preferred);
  // A second copy can be named by its path.
  const path = artifact.name.replace(/^\.\//, '');
  const isTwin = all.includes(path) && !programs.includes(path);
  return namedProgram(artifact.directory, isTwin ? [path] : programs, path);
}

function namedProgram(directory: string, programs: readonly string[], wanted: string): FoundArtifact {
  const found = programs.filter((path) => path === wanted || basename(path) === wanted);
  const [only] = found;
  if (only !== undefined && (found.length === 1 || found.includes(wanted))) {
    const path = found.includes(wanted) ? wanted : only;
    return { path: join(directory, path), others: programs.filter((other) => other !== path) };
  }
  if (found.length > 1) throw ambiguous(found);
  throw new MorselError('COMPILE_FAILED', `the build made no program called ${wanted}`, {
    hint:
      programs.length === 0
        ? 'it made none at all: see with -v what it does'
        : `choose one with --bin: ${listNames(programs, NAMED_LIMIT)}`,
    details: { candidates: programs },
  });
}

function chooseProgram(
  directory: string,
  programs: readonly string[],
  preferred: readonly string[],
): FoundArtifact {
  if (programs.length === 0) {
    throw new MorselError('COMPILE_FAILED', 'the build ended well, but made no executable', {
      hint: 'is it a library? name the program with --bin, or make it part of the default target',
    });
  }
  const primary = programs.filter((path) => !isSecondaryProgram(path));
  const candidates = primary.length > 0 ? primary : programs;
  const chosen = candidates.length === 1 ? candidates[0] : preferredOf(candidates, preferred);
  if (chosen === undefined) throw ambiguous(candidates);
  return { path: join(directory, chosen), others: programs.filter((path) => path !== chosen) };
}

/** Two of the best name, which are not one program, are no answer. */
function preferredOf(candidates: readonly string[], preferred: readonly string[]): string | undefined {
  for (const name of preferred) {
    const named = candidates.filter((path) => basename(path).toLowerCase() === name.toLowerCase());
    if (named.length > 1) throw ambiguous(named);
    if (named.length === 1) return named[0];
  }
  return undefined;
}

function ambiguous(programs: readonly string[]): MorselError {
  return new MorselError(
    'AMBIGUOUS_PROJECT',
    `the build makes several programs: ${listNames(programs, NAMED_LIMIT)}`,
    {
      hint: `choose one: --bin ${shortestName(programs)}`,
      details: { candidates: programs },
    },
  );
}

/** What can be typed for the first of several: its path, where another has its name. */
function shortestName(programs: readonly string[]): string {
  const [first = 'NAME'] = programs;
  const sameName = programs.filter((path) => basename(path) === basename(first));
  return sameName.length > 1 ? first : basename(first);
}

/** Executables (no libraries, no objects) below a folder, relative to it, sorted. */
function listPrograms(root: string): readonly string[] {
  const programs: string[] = [];
  const pending = [root];
  let seen = 0;
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const entry of entriesOf(directory)) {
      if (++seen > MAX_BUILD_ENTRIES) return programs.toSorted();
      const path = join(directory, entry.name);
      if (entry.isDirectory() && !INTERNAL_DIRECTORIES.has(entry.name)) pending.push(path);
      else if (entry.isFile() && isProgram(path)) programs.push(relative(root, path));
    }
  }
  return withoutLibtoolTwins(programs).toSorted();
}

function entriesOf(directory: string): readonly Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** libtool leaves `.libs/prog` and sometimes `.libs/lt-prog` beside `prog`. */
function withoutLibtoolTwins(programs: readonly string[]): readonly string[] {
  const all = new Set(programs);
  return programs.filter((path) => {
    const outside = path.replace(/(^|\/)\.libs\/(lt-)?/, '$1');
    return outside === path || (!all.has(outside) && !path.includes('.libs/lt-'));
  });
}

function isProgram(path: string): boolean {
  if (/\.(so(\.[\d.]+)?|o|a|ko)$/.test(path) || !isExecutableFile(path)) return false;
  const source = openByteSource(path);
  try {
    if (!isElf(source)) return false;
    const facts = readElfLinkage(source);
    return (facts.type === 'EXEC' || facts.type === 'DYN') && facts.link !== 'shared';
  } catch (error) {
    if (error instanceof MorselError) return false;
    throw error;
  } finally {
    source.close();
  }
}
