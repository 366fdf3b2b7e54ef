import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { machineOfArchitecture } from '../core/machines.ts';
import { statOrNull } from '../core/stat-path.ts';
import { runCommand } from '../core/run-command.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../core/temporary-folder.ts';
import { writeError } from '../core/write-error.ts';
import { writeFileAtomically } from '../core/write-file-atomically.ts';
import { openByteSource } from '../core/byte-source.ts';
import { readElf } from '../elf/index.ts';
import { findTools, type FreestandingCompiler, freestandingCompilers } from '../toolchain/index.ts';
import {
  type Companion,
  COMPANION_ARCHITECTURES,
  COMPANION_LIMIT_BYTES,
  COMPANION_PATHS,
  COMPANION_SOURCES,
  type CompanionName,
} from './companion.ts';

export interface CompileCompanionOptions {
  /** OCI's word. */
  readonly architecture: string;
  /** morsel's cache. */
  readonly cacheDirectory: string;
  readonly signal?: AbortSignal | undefined;
}

/** A compiler that takes longer for two hundred lines hangs. */
const COMPILE_TIMEOUT_MS = 120_000;

/**
 * Compiles a companion for a machine by the first compiler here that can; the cache keeps it by its source, the compiler and
 * the flags. What came out is read before it is used, also what was kept. Errors: UNSUPPORTED for a machine whose system
 * calls are not written down; TOOLCHAIN_MISSING; COMPILE_FAILED; INTERRUPTED; WRITE_FAILED.
 */
export async function compileCompanion(
  name: CompanionName,
  { architecture, cacheDirectory, signal }: CompileCompanionOptions,
): Promise<Companion> {
  if (!COMPANION_ARCHITECTURES.has(architecture))
    throw new MorselError('UNSUPPORTED', `morsel's ${name} is not written for ${architecture}`, {
      hint: `build for one of: ${[...COMPANION_ARCHITECTURES].join(', ')}`,
    });
  const tools = await findTools({ groups: ['c'], cacheDirectory, signal });
  const compilers = freestandingCompilers(tools, architecture);
  const failures: MorselError[] = [];
  for (const compiler of compilers) {
    try {
      const source = await compiled(name, compiler, architecture, cacheDirectory, signal);
      return { name, source, path: COMPANION_PATHS[name], compiler: compiler.label };
    } catch (error) {
      if (!(error instanceof MorselError) || error.code !== 'COMPILE_FAILED') throw error;
      failures.push(error);
    }
  }
  throw failures[0] ?? noCompiler(name, architecture);
}

function noCompiler(name: CompanionName, architecture: string): MorselError {
  return new MorselError(
    'TOOLCHAIN_MISSING',
    `no C compiler for ${architecture} is installed, by which morsel's ${name} is made`,
    { hint: 'on Debian: apt-get install gcc; or anywhere: pip install ziglang' },
  );
}

async function compiled(
  name: CompanionName,
  compiler: FreestandingCompiler,
  architecture: string,
  cacheDirectory: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const source = COMPANION_SOURCES[name];
  const identity = JSON.stringify([source, compiler, architecture]);
  const key = createHash('sha256').update(identity).digest('hex').slice(0, KEY_CHARACTERS);
  const kept = join(cacheDirectory, 'shared', 'companions', `${name}-${key}`);
  if (statOrNull(kept)?.isFile() === true && problemOf(kept, architecture) === null) return kept;
  const folder = makeTemporaryFolder('companion');
  try {
    const draft = await compileIn(folder, name, compiler, signal);
    const problem = problemOf(draft, architecture);
    if (problem !== null) throw failed(name, compiler, `made a file that ${problem}`);
    keep(kept, readFileSync(draft));
  } finally {
    removeTemporaryFolder(folder);
  }
  return kept;
}

const KEY_CHARACTERS = 16;

/** The compiler is started as any tool is asked what it is: the source is ours. */
async function compileIn(
  folder: string,
  name: CompanionName,
  { argv, label }: FreestandingCompiler,
  signal: AbortSignal | undefined,
): Promise<string> {
  const [program = 'cc', ...words] = argv;
  const draft = join(folder, name);
  writeFileSync(join(folder, `${name}.c`), COMPANION_SOURCES[name]);
  const { exitCode, stderr } = await runCommand(
    {
      program,
      args: [...words, `${name}.c`, '-o', name],
      cwd: folder,
      env: UNTOUCHED,
      purpose: `compile morsel's ${name} with ${label}`,
    },
    { signal, timeoutMs: COMPILE_TIMEOUT_MS },
  );
  if (exitCode === 0) return draft;
  throw failed(name, { argv, label }, `says: ${stderr.trim().split('\n', 1)[0] ?? ''}`);
}

/** Variables by which a compiler would read what it is not told: gcc(1), "Environment Variables". */
const UNTOUCHED = {
  LC_ALL: 'C',
  CPATH: undefined,
  C_INCLUDE_PATH: undefined,
  LIBRARY_PATH: undefined,
  COMPILER_PATH: undefined,
  GCC_EXEC_PREFIX: undefined,
} as const;

function failed(name: CompanionName, { label }: FreestandingCompiler, what: string): MorselError {
  return new MorselError('COMPILE_FAILED', `morsel's ${name} cannot be compiled: ${label} ${what}`, {
    hint: 'see `morsel doctor`; pip install ziglang brings a compiler that is known to do',
  });
}

/** In words; null where it is a static program for the machine, and small. */
function problemOf(path: string, architecture: string): string | null {
  const size = statOrNull(path)?.size ?? 0;
  if (size > COMPANION_LIMIT_BYTES) return `has ${size} bytes, more than ${COMPANION_LIMIT_BYTES}`;
  const source = openByteSource(path);
  try {
    const { type, interpreter, needed, machine } = readElf(source);
    if (type !== 'EXEC' || interpreter !== null || needed.length > 0) return 'is not static';
    return machine === machineOfArchitecture(architecture) ? null : `is for ${machine}`;
  } catch (error) {
    if (error instanceof MorselError) return 'is no program';
    throw error;
  } finally {
    source.close();
  }
}

function keep(path: string, bytes: Buffer): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (cause) {
    throw writeError(dirname(path), cause);
  }
  writeFileAtomically(path, bytes, 0o755);
}
