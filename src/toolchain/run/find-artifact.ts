import { type Dirent, readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { openByteSource } from '../../core/byte-source.ts';
import { listNames } from '../../core/list-names.ts';
import { MorselError } from '../../core/errors.ts';
import { isElf, readElfLinkage } from '../../elf/index.ts';
import { isExecutableFile } from '../../core/find-tool.ts';
import type { Artifact } from '../plan.ts';

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

/** Programs that are rarely what a project is for: they give way when others are there. */
const SECONDARY =
  /(^|[/_-])(tests?|testing|unittests?|bench(marks?)?|examples?|samples?|fuzz(ers?|ing)?|demos?|contrib|check)([/_.-]|$)|^test|test$/i;

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
  const programs = listPrograms(directory);
  const first = name === null ? chooseProgram(programs, preferred) : namedProgram(programs, name);
  const taken = new Set([first, ...others.map((other) => namedProgram(programs, other))]);
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

function namedProgram(programs: readonly string[], name: string): string {
  const wanted = name.replace(/^\.\//, '');
  const found = programs.filter((path) => path === wanted || basename(path) === wanted);
  const [only] = found;
  if (only !== undefined && (found.length === 1 || found.includes(wanted)))
    return found.includes(wanted) ? wanted : only;
  if (found.length > 1) throw ambiguous(found);
  throw new MorselError('COMPILE_FAILED', `the build made no program called ${name}`, {
    hint:
      programs.length === 0
        ? 'it made none at all: see with -v what it does'
        : `choose one with --bin: ${listNames(programs, NAMED_LIMIT)}`,
    details: { candidates: programs },
  });
}

function chooseProgram(programs: readonly string[], preferred: string | null): string {
  if (programs.length === 0) {
    throw new MorselError('COMPILE_FAILED', 'the build ended well, but made no executable', {
      hint: 'is it a library? name the program with --bin, or make it part of the default target',
    });
  }
  const primary = programs.filter((path) => !SECONDARY.test(path));
  const candidates = primary.length > 0 ? primary : programs;
  const [first] = candidates;
  const chosen = candidates.length === 1 ? first : candidates.find((path) => sameName(path, preferred));
  if (chosen === undefined) throw ambiguous(candidates);
  return chosen;
}

function sameName(path: string, preferred: string | null): boolean {
  return preferred !== null && basename(path).toLowerCase() === preferred.toLowerCase();
}

function ambiguous(programs: readonly string[]): MorselError {
  return new MorselError(
    'AMBIGUOUS_PROJECT',
    `the build makes several programs: ${listNames(programs, NAMED_LIMIT)}`,
    {
      hint: `choose one: --bin ${basename(programs[0] ?? 'NAME')}`,
      details: { candidates: programs },
    },
  );
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
