import { type Stats, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { openByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import { CHECK_PATH_HINT } from '../core/hints.ts';
import { isElf } from '../elf/index.ts';
import { detectBinary } from './binary.ts';
import type { DetectOneOptions, DetectOptions } from './detect-options.ts';
import type { Project } from './project.ts';

/** Each is looked for in the whole project; an image of more is a distribution. */
const MAX_PROGRAMS = 64;

/**
 * What is at a path: an ELF executable, a C or C++ file, or a source tree (see `detectSources`). Reads only.
 * Errors: NOT_FOUND, UNREADABLE, NO_PROJECT, AMBIGUOUS_PROJECT, NOT_AN_EXECUTABLE, ELF_INVALID, CONFIG_INVALID; USAGE for
 * programs that one image cannot have together; LIMIT_EXCEEDED.
 */
export async function detectProject(path: string, { bin, ...more }: DetectOptions = {}): Promise<Project> {
  const names = typeof bin === 'object' ? [...new Set(bin)] : [bin];
  const [first, ...others] = names;
  const project = await detectOne(path, { ...more, bin: first });
  if (others.length === 0) return project;
  if (names.length > MAX_PROGRAMS) {
    throw new MorselError('LIMIT_EXCEEDED', `an image has at most ${MAX_PROGRAMS} programs`, {
      hint: 'name fewer with --bin',
    });
  }
  const { joinPrograms } = await import('./join-programs.ts');
  const rest: Project[] = [];
  for (const other of others) rest.push(await detectOne(path, { ...more, bin: other }));
  return joinPrograms(project, rest);
}

async function detectOne(path: string, options: DetectOneOptions): Promise<Project> {
  const absolute = resolve(path);
  const stat = statOf(absolute);
  if (!stat.isFile() && !stat.isDirectory()) {
    throw new MorselError('UNREADABLE', `${absolute} is neither a file nor a directory`, {
      hint: 'name a project or a program',
    });
  }
  const isAlone = (options.moreSources ?? []).length === 0;
  if (isAlone && stat.isFile() && isElfFile(absolute)) return detectBinary(absolute);
  // The readers of manifests, and of TOML, are loaded for sources only.
  const { detectSources } = await import('./detect-sources.ts');
  return detectSources(absolute, stat, options);
}

function isElfFile(path: string): boolean {
  const source = openByteSource(path);
  try {
    return isElf(source);
  } finally {
    source.close();
  }
}

function statOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === undefined) throw cause;
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    throw new MorselError(
      missing ? 'NOT_FOUND' : 'UNREADABLE',
      `${path}: ${missing ? 'no such file or directory' : `cannot be read (${code})`}`,
      {
        cause,
        hint: CHECK_PATH_HINT,
      },
    );
  }
}
