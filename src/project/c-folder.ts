import { realpathSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { isBelow } from '../core/is-below.ts';
import { detectCSource, languageOfFile } from './c.ts';
import type { DirectoryNames } from './project-file.ts';
import type { CProject } from './project.ts';

/**
 * A directory without a build system: its only source, or the one that `bin` names. null when it holds no C or C++.
 * Error: AMBIGUOUS_PROJECT.
 */
export function detectCFolder(directory: string, names: DirectoryNames, bin: string | null): CProject | null {
  const sources = names.files.filter((name) => languageOfFile(name) !== null);
  const chosen =
    bin === null ? sources : sources.filter((name) => name === bin || basename(name, extname(name)) === bin);
  const [only] = chosen;
  if (only !== undefined && chosen.length === 1) {
    refuseForeignSource(join(directory, only), directory);
    return detectCSource(join(directory, only), directory, languageOfFile(only) ?? 'c');
  }
  if (sources.length === 0) return null;
  throw new MorselError(
    'AMBIGUOUS_PROJECT',
    `${directory} holds several source files and no build file: ${sources.slice(0, 20).join(', ')}`,
    {
      hint: `name one, as in: morsel build ${join(directory, sources[0] ?? '')}; ${hintOfSeveral(names)}`,
      details: { candidates: sources },
    },
  );
}

/** It is not run unasked: a script may do anything, and is seldom the one that builds. */
function hintOfSeveral({ files }: DirectoryNames): string {
  const script = files.find((name) => /^(?:build|make|compile)(?:\.sh)?$/i.test(name));
  return script === undefined
    ? 'for a program of several files add a Makefile'
    : `or, if ${script} builds the program, put { "build": ["sh", "${script}"] } into morsel.json`;
}

/** A compiler quotes what it reads: a link in a foreign project must not show it a file of this user. */
function refuseForeignSource(path: string, directory: string): void {
  const target = realpathSync(path);
  if (isBelow(target, realpathSync(directory))) return;
  throw new MorselError('CONFIG_INVALID', `${path} is a link that leads out of the project, to ${target}`, {
    hint: `if that is meant, name it: morsel build ${path}`,
  });
}
