import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { MorselError } from '../../core/errors.ts';
import { type EventSink, ignoreEvents } from '../../core/events.ts';
import { findTool } from '../../core/find-tool.ts';
import { hostArchitecture } from '../../core/machines.ts';
import { readSmallFile } from '../../core/read-small-file.ts';
import { removeTree } from '../../core/remove-tree.ts';
import { isDirectory } from '../../core/stat-path.ts';
import { attempt, writeError } from '../../core/write-error.ts';
import {
  type BuildSandbox,
  type BuiltLibrary,
  openFolderSandbox,
  performCommand,
  toolArgv,
  withWorkLock,
  writePlanned,
} from '../../toolchain/index.ts';
import type { LibraryRow } from '../rows/library-row.ts';
import { CACHE_HINT } from '../sources/download-store.ts';
import { layOutSources } from '../sources/lay-out-sources.ts';
import type { LibrarySources } from '../sources/resolve-sources.ts';
import { libraryCache, type LibraryFolders, libraryFolders } from './build-folders.ts';
import { BuildLog } from './build-log.ts';
import { checkArchive } from './check-archive.ts';
import { clearFolder, collectLibrary, filesOf, moveFolder } from './collect-library.ts';
import type { LibrarySandbox } from './library-sandbox.ts';
import { isCross } from './library-build.ts';
import type { LibraryToolchain } from './library-toolchain.ts';
import { mergePrefixes } from './merge-prefixes.ts';
import { normaliseArchive } from './normalise-archive.ts';
import { planLibrary } from './plan-library.ts';

export interface BuildLibraryOptions {
  readonly cacheDirectory: string;
  readonly jobs?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: EventSink | undefined;
  readonly sandbox?: LibrarySandbox | null | undefined;
}

export interface LibraryTask {
  readonly row: LibraryRow;
  readonly key: string;
  readonly sources: LibrarySources;
  readonly toolchain: LibraryToolchain;
  /** What it needs, all the way down, in the order of a link; each is built. */
  readonly needs: readonly { readonly row: LibraryRow; readonly folder: string }[];
  /** `library 2 of 3` */
  readonly place: string;
}

/**
 * The folder of a library that is built, or is built now: what is made appears there whole. Two processes that want the
 * same one build it once. Errors: LIBRARY_BUILD_FAILED, TOOLCHAIN_MISSING, DISK_FULL, WRITE_FAILED, INTERRUPTED.
 */
export async function buildLibrary(task: LibraryTask, options: BuildLibraryOptions): Promise<string> {
  const cache = libraryCache(options.cacheDirectory);
  const built = join(cache.built, `${task.row.name}-${task.key}`);
  if (isBuilt(built)) return touched(built);
  const work = join(cache.work, `${task.row.name}-${task.key}`);
  await withWorkLock(work, options.signal, async () => {
    if (!isBuilt(built)) await buildInto(task, work, built, options);
    // The folder itself stays: somebody may be waiting for the lock in it.
    removeContent(work);
  });
  return built;
}

/** Written last: a folder without it is none. */
const DESCRIPTION = 'library.json';
const DESCRIPTION_LIMIT_BYTES = 64 * 1024;

function isBuilt(folder: string): boolean {
  return existsSync(join(folder, DESCRIPTION));
}

/** What was written down of a library that was built. */
export function readDescription(folder: string): BuiltLibrary {
  const bytes = readSmallFile(join(folder, DESCRIPTION), DESCRIPTION_LIMIT_BYTES);
  return JSON.parse(bytes?.toString('utf8') ?? 'null') as BuiltLibrary;
}

/** `cache prune` looks at when it was used last. */
function touched(folder: string): string {
  try {
    utimesSync(folder, new Date(), new Date());
  } catch {
    // somebody else's cache, to be read alone
  }
  return folder;
}

async function buildInto(
  task: LibraryTask,
  work: string,
  built: string,
  options: BuildLibraryOptions,
): Promise<void> {
  const { row, sources, key } = task;
  const folders = libraryFolders(work);
  const { logs } = libraryCache(options.cacheDirectory);
  removeContent(work);
  const log = new BuildLog(join(logs, `${row.name}-${key}.log`));
  try {
    attempt(
      work,
      () => [folders.installed, folders.build, folders.temporary].forEach(clearFolder),
      CACHE_HINT,
    );
    await layOutSources(sources, folders.sources, {
      skipPatches: row.skipPatches ?? [],
      signal: options.signal,
    });
    mergePrefixes(
      task.needs.map(({ folder }) => folder),
      folders.sysroot,
    );
    const directory = await runPlan(task, folders, log, options);
    const result = collectLibrary(row, sources.version, directory, folders);
    const { architecture, libc } = task.toolchain.c;
    for (const path of filesOf(join(result, 'usr/lib'))) {
      if (!path.endsWith('.a')) continue;
      normaliseArchive(path);
      checkArchive(path, { architecture, libc });
    }
    writeFileSync(
      join(result, DESCRIPTION),
      `${JSON.stringify(describe(task, archivesIn(result)), null, 2)}\n`,
    );
    moveFolder(result, built);
    log.discard();
  } catch (error) {
    throw asLibraryFailure(error, task, log, work);
  } finally {
    log.close();
  }
}

/** Answers the folder that its build was in. */
async function runPlan(
  task: LibraryTask,
  folders: LibraryFolders,
  log: BuildLog,
  options: BuildLibraryOptions,
): Promise<string> {
  const { row, sources, toolchain } = task;
  const { onEvent = ignoreEvents, signal, timeoutMs } = options;
  const plan = planLibrary({
    row,
    version: sources.version,
    toolchain,
    folders,
    needs: task.needs.flatMap((need) => need.row.provides.libs.filter((lib) => !isAlias(need.row, lib))),
    jobs: options.jobs ?? availableParallelism(),
    hasConfigure: existsSync(join(folders.sources, row.recipe.directory ?? '.', 'configure')),
    programs: programsOf(row),
    buildCc: buildCompiler(toolchain),
    place: task.place,
  });
  for (const file of plan.files) writePlanned(file);
  const folder = { workDirectory: folders.work, temporaryDirectory: folders.temporary };
  const env = libraryEnvironment(folders);
  const sandbox = sandboxOf(toolchain, folders, options);
  for (const command of plan.commands) {
    log.command(command);
    await performCommand(command, folder, {
      signal,
      timeoutMs,
      env,
      usesZig: toolchain.c.family === 'zig',
      sandbox,
      onEvent: (event) => {
        if (event.kind === 'command-output') log.output(event.text);
        onEvent(event);
      },
    });
  }
  return plan.directory;
}

function sandboxOf(
  { tools }: LibraryToolchain,
  { work, sources, build, installed, temporary }: LibraryFolders,
  options: BuildLibraryOptions,
): BuildSandbox | null {
  if (options.sandbox === null || options.sandbox === undefined) return null;
  const { compilers, sandbox } = libraryCache(options.cacheDirectory);
  const { bwrap, seccomp } = options.sandbox;
  return openFolderSandbox(bwrap, {
    tools,
    folder: work,
    writes: [sources, build, installed, temporary],
    compilerCache: compilers,
    ownFolder: sandbox,
    seccomp,
  });
}

function isAlias({ recipe }: LibraryRow, lib: string): boolean {
  return recipe.aliases?.some(([alias]) => alias === lib) === true;
}

/** Of the user's environment nothing but where zig keeps what it has compiled. */
function libraryEnvironment({ temporary }: LibraryFolders): Readonly<Record<string, string | undefined>> {
  const { HOME, XDG_CACHE_HOME, ZIG_GLOBAL_CACHE_DIR } = process.env;
  return {
    HOME: HOME ?? temporary,
    XDG_CACHE_HOME,
    ZIG_GLOBAL_CACHE_DIR,
    ZIG_LOCAL_CACHE_DIR: join(temporary, 'zig'),
  };
}

/** Error: TOOLCHAIN_MISSING. */
function programsOf({ name, buildTools = [] }: LibraryRow): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { program, debianPackage } of buildTools) {
    const path = findTool(program);
    if (path === null)
      throw new MorselError(
        'TOOLCHAIN_MISSING',
        `${program} is not installed, and the build of ${name} runs it`,
        {
          hint: `install it (on Debian: apt-get install ${debianPackage})`,
        },
      );
    found[program] = path;
  }
  return found;
}

function buildCompiler(toolchain: LibraryToolchain): readonly string[] {
  if (!isCross({ toolchain })) return toolchain.c.cc;
  const { cCompilers, zig } = toolchain.tools.c;
  const own = cCompilers.find(
    ({ architecture, kind }) => architecture === hostArchitecture() && kind === 'native',
  );
  if (own !== undefined) return toolArgv(own);
  if (zig !== null) return [...toolArgv(zig), 'cc'];
  throw new MorselError(
    'TOOLCHAIN_MISSING',
    'no compiler for this machine is installed, which runs helpers of the build',
    {
      hint: 'install one (on Debian: apt-get install gcc)',
    },
  );
}

function describe({ row, sources }: LibraryTask, archives: readonly string[]): BuiltLibrary {
  const { version, source, digest } = sources;
  return { name: row.name, version, licence: row.licence, source, digest, archives };
}

function archivesIn(result: string): readonly string[] {
  return [...filesOf(join(result, 'usr/lib'))].flatMap(
    (path) => /^lib(.+)\.a$/.exec(basename(path))?.[1] ?? [],
  );
}

/** A failure of a command, in words of the library; everything else as it is. */
function asLibraryFailure(
  error: unknown,
  { row, sources }: LibraryTask,
  log: BuildLog,
  work: string,
): unknown {
  if (!(error instanceof MorselError))
    return (error as NodeJS.ErrnoException).code === undefined ? error : writeError(work, error, CACHE_HINT);
  if (error.code !== 'COMPILE_FAILED') return error;
  return new MorselError(
    'LIBRARY_BUILD_FAILED',
    `${row.name} ${sources.version} could not be built: ${error.message}`,
    {
      cause: error,
      hint: `the whole output is in ${log.path}`,
      details: { ...error.details, library: row.name, log: log.path },
    },
  );
}

/** All but the lock. */
function removeContent(work: string): void {
  if (!isDirectory(work)) return;
  for (const folder of Object.values(libraryFolders(work))) if (folder !== work) removeTree(folder);
  removeTree(join(work, 'result'));
  rmSync(join(work, 'toolchain.cmake'), { force: true });
  mkdirSync(work, { recursive: true });
}
