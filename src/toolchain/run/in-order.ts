import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from '../../core/command.ts';
import { readTextIfAny } from '../../core/read-small-file.ts';
import { MAKEFILES } from '../../project/index.ts';
import type { CompileFailure } from './compile-failure.ts';

/** `make -jN`, as plans call it. */
const PARALLEL = /^-j(?:[2-9]|\d{2,})$/;
const IS_MAKEFILE: ReadonlySet<string> = new Set(MAKEFILES);
const MAKEFILE_LIMIT_BYTES = 4 * 1024 * 1024;
const MAX_FOLDERS = 100;
const MAX_MISSING = 20;

/** What was not there: of make, of compilers, of the shell's own commands. */
const MISSING =
  /No rule to make target [`'"]([^'"\n]{1,400})['"]|(?:fatal error: |cannot (?:stat|open|access) |can't (?:open|read) )?['"]?([^\s:'"]{1,400})['"]?: (?:No such file or directory|file not found)|['"]([^'"\n]{1,400})['"] file not found/g;

/**
 * The same command with one job at a time, where the failed one wanted a file that the project's own Makefiles make: a rule
 * that does not say that it needs it works in order only, which is how its author builds it (calc). null where it is no
 * matter of order: what nobody makes is missing then as well.
 */
export function inOrder(command: Command, failure: CompileFailure): Command | null {
  if (command.cwd === undefined || !command.args.some((word) => PARALLEL.test(word))) return null;
  const missing = missingFiles(failure.printed);
  if (missing.length === 0) return null;
  const isMade = makefilesOf(command.cwd).some((text) => missing.some((name) => text.includes(name)));
  if (!isMade) return null;
  return {
    ...command,
    args: command.args.map((word) => (PARALLEL.test(word) ? '-j1' : word)),
    purpose: `${command.purpose}, one after another`,
  };
}

function missingFiles(printed: string): readonly string[] {
  const names = [...printed.matchAll(MISSING)]
    .slice(0, MAX_MISSING)
    .map((match) => basename(match[1] ?? match[2] ?? match[3] ?? ''));
  return [...new Set(names)].filter((name) => name.length > 2);
}

/** Of the folder where it runs and of those in it. */
function makefilesOf(directory: string): readonly string[] {
  const here = entriesOf(directory);
  const below = here.filter((entry) => entry.isDirectory()).slice(0, MAX_FOLDERS);
  return [directory, ...below.map(({ name }) => join(directory, name))].flatMap((folder) =>
    (folder === directory ? here : entriesOf(folder))
      .filter(({ name }) => IS_MAKEFILE.has(name))
      .map(({ name }) => readTextIfAny(join(folder, name), MAKEFILE_LIMIT_BYTES) ?? ''),
  );
}

function entriesOf(directory: string): readonly { name: string; isDirectory(): boolean }[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}
