import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileState } from '../../core/file-state.ts';
import { makeDirectories } from '../../core/make-directories.ts';
import { readSmallFile } from '../../core/read-small-file.ts';
import { writeFileAtomically } from '../../core/write-file-atomically.ts';
import { PACKAGE_DATABASES } from './package-databases.ts';

/** Some dozens of tools, with what each prints of itself. */
const FILE_LIMIT_BYTES = 4 * 1024 * 1024;
/** Answers for more machines' worth of tools than one has: the file begins anew. */
const MAX_ANSWERS = 500;

/**
 * What tools said of themselves in earlier builds: a compiler is asked once, not before each compile, which would take
 * longer than the compile of a small file. An answer counts while the program, the folders of PATH and the databases of
 * packages are as they were.
 */
export class ToolAnswers {
  readonly #path: string;
  readonly #machine: string;
  readonly #known: Map<string, string>;
  #isChanged = false;

  /** `directory`: morsel's cache; `directories`: those of PATH. */
  constructor(directory: string, directories: readonly string[]) {
    this.#path = join(directory, 'tool-answers.json');
    this.#machine = [...directories, ...PACKAGE_DATABASES].map(fileState).join('\n');
    this.#known = readAnswers(this.#path);
  }

  /** The key of a question; null where the program is not there. */
  keyOf(path: string, args: readonly string[], { env, cwd = '/' }: Asked): string | null {
    try {
      const real = realpathSync(path);
      const variables = VARIABLES.map((name) => env[name] ?? null);
      const rustup = basename(real) === 'rustup' ? rustupStates(env, cwd) : [];
      const words = [path, real, fileState(real), this.#machine, ...args, ...variables, ...rustup];
      return createHash('sha256').update(JSON.stringify(words)).digest('base64url');
    } catch {
      return null;
    }
  }

  get(key: string): string | null {
    return this.#known.get(key) ?? null;
  }

  set(key: string, answer: string): void {
    if (this.#known.size >= MAX_ANSWERS) this.#known.clear();
    this.#known.set(key, answer);
    this.#isChanged = true;
  }

  /** Where it cannot be written, the tools are asked again. */
  save(): void {
    if (!this.#isChanged) return;
    try {
      makeDirectories(dirname(this.#path));
      writeFileAtomically(this.#path, JSON.stringify(Object.fromEntries(this.#known)));
    } catch {
      // It is a cache.
    }
  }
}

interface Asked {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string | undefined;
}

/** What tools read of the environment before they answer. */
const VARIABLES =
  'PATH HOME RUSTUP_HOME RUSTUP_TOOLCHAIN CARGO_HOME VIRTUAL_ENV PYTHONHOME GOROOT GOTOOLCHAIN GOENV REALGCC GCC_EXEC_PREFIX COMPILER_PATH LIBRARY_PATH ZIG_LIB_DIR'.split(
    ' ',
  );

/** The folder decides which toolchain rustup's proxies start, and settings.toml where it says nothing. */
function rustupStates(env: Asked['env'], cwd: string): readonly string[] {
  const home = env['RUSTUP_HOME'] ?? join(env['HOME'] ?? '/', '.rustup');
  const above: string[] = [];
  for (let folder = cwd; above.length < MAX_PARENTS; folder = dirname(folder)) {
    above.push(join(folder, 'rust-toolchain'), join(folder, 'rust-toolchain.toml'));
    if (folder === dirname(folder)) break;
  }
  // Overrides are by folder (`rustup override set`).
  return [cwd, ...[join(home, 'settings.toml'), join(home, 'toolchains'), ...above].map(fileState)];
}

const MAX_PARENTS = 128;

function readAnswers(path: string): Map<string, string> {
  try {
    const parsed: unknown = JSON.parse(readSmallFile(path, FILE_LIMIT_BYTES)?.toString('utf8') ?? '{}');
    const entries = Object.entries(parsed ?? {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    return new Map(entries.slice(0, MAX_ANSWERS));
  } catch {
    return new Map();
  }
}
