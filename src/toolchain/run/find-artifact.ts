import { type Dirent, readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { openByteSource } from '../../core/byte-source.ts';
import { listNames } from '../../core/list-names.ts';
import { MorselError } from '../../core/errors.ts';
import { isElf, readElfLinkage } from '../../elf/index.ts';
import { isExecutableFile } from '../../core/find-tool.ts';
import { isSecondaryProgram } from '../../project/index.ts';
import type { Artifact } from '../plan.ts';
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
  /** Absolute; the first is the one that the image starts. Each has another name. */
  readonly paths: readonly [string, ...string[]];
  /** Other programs that the build made, relative to the folder. */
  readonly left: readonly string[];
}

/** The executables that a build made. Errors: COMPILE_FAILED (none), AMBIGUOUS_PROJECT (several, listed). */
export function findArtifact(artifact: Artifact): FoundArtifact {
  if (artifact.kind === 'file') {
    const paths = [artifact.path, ...artifact.others] as const;
    for (const path of paths) requireProgram(path);
    return { paths, left: [] };
  }
  const { directory, name, others, preferred } = artifact;
  const all = listPrograms(directory);
  const programs = withoutTwins(directory, all);
  const named = (each: string): string => namedProgram(programs, each, all);
  const first = name === null ? chooseProgram(programs, preferred) : named(name);
  const taken = new Set([first, ...others.map(named)]);
  refuseSameNames([...taken]);
  const more = [...taken].slice(1);
  return {
    paths: [join(directory, first), ...more.map((path) => join(directory, path))],
    left: programs.filter((path) => !taken.has(path)),
  };
}

function requireProgram(path: string): void {
  if (isExecutableFile(path)) return;
  throw new MorselError('COMPILE_FAILED', `the build ended well, but ${path} is not there`, {
    hint: 'see with -v where the build puts it: a setting of the project may name another folder',
  });
}

/** Programs of an image stand beside each other, under their own names. */
function refuseSameNames(taken: readonly string[]): void {
  const second = taken.find(
    (path, index) => taken.findIndex((one) => basename(one) === basename(path)) < index,
  );
  if (second === undefined) return;
  throw new MorselError('COMPILE_FAILED', `two programs of the image would be called ${basename(second)}`, {
    hint: 'put them into two images: choose one of them with --bin',
    details: { candidates: taken },
  });
}

/** @param all with second copies, which can be named by their paths. */
function namedProgram(programs: readonly string[], name: string, all: readonly string[]): string {
  const wanted = name.replace(/^\.\//, '');
  if (all.includes(wanted)) return wanted;
  const found = programs.filter((path) => basename(path) === wanted);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (found.length > 1) throw ambiguous(found);
  throw new MorselError('COMPILE_FAILED', `the build made no program called ${wanted}`, {
    hint:
      programs.length === 0
        ? 'it made none at all: see with -v what it does'
        : `choose one with --bin: ${listNames(programs, NAMED_LIMIT)}`,
    details: { candidates: programs },
  });
}

function chooseProgram(programs: readonly string[], preferred: readonly string[]): string {
  if (programs.length === 0) {
    throw new MorselError('COMPILE_FAILED', 'the build ended well, but made no executable', {
      hint: 'is it a library? name the program with --bin, or make it part of the default target',
    });
  }
  const primary = programs.filter((path) => !isSecondaryProgram(path));
  const candidates = primary.length > 0 ? primary : programs;
  const chosen = candidates.length === 1 ? candidates[0] : preferredOf(candidates, preferred);
  if (chosen === undefined) throw ambiguous(candidates);
  return chosen;
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
