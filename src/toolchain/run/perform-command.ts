import { type Command, formatCommand } from '../../core/command.ts';
import { type EventSink, ignoreEvents } from '../../core/events.ts';
import { runInFamily } from '../../core/find-process-family.ts';
import { runCommand } from '../../core/run-command.ts';
import { watchCommand } from './progress/watch-command.ts';
import { watchZig } from './progress/zig-first-use.ts';
import { compileFailure, ranTooLong } from './compile-failure.ts';
import type { BuildSandbox } from '../sandbox/build-sandbox.ts';

/** A command of a build that runs longer is taken for one that hangs, unless `--timeout` says otherwise. */
const DEFAULT_COMMAND_TIMEOUT_MS = 3_600_000;

export interface PerformOptions {
  /** Absolute; what builds leave in the source tree at the user's own word: no sources. */
  readonly outputs?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: EventSink | undefined;
  /** The base environment of the command; this process's own by default. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** For each command; an hour by default. */
  readonly timeoutMs?: number | undefined;
  /** zig compiles libraries of its own when they are used first, which is looked for. */
  readonly usesZig?: boolean | undefined;
  /** null: the build runs as `make` would. */
  readonly sandbox?: BuildSandbox | null | undefined;
}

export interface BuildFolders {
  /** Where it is said to write when the disk is full. */
  readonly workDirectory: string;
  /** TMPDIR: what a killed compiler leaves goes with this folder. */
  readonly temporaryDirectory: string;
}

/** `alone`: it starts nothing else, so that nothing can outlive it. */
export type CommandKind = 'with-children' | 'alone';

/** Runs one command of a plan with all that it starts. Errors: COMPILE_FAILED, DISK_FULL, TOOLCHAIN_MISSING, INTERRUPTED. */
export async function performCommand(
  command: Command,
  folders: BuildFolders,
  options: PerformOptions,
  kind: CommandKind = 'with-children',
): Promise<void> {
  const { signal, onEvent = ignoreEvents, timeoutMs = DEFAULT_COMMAND_TIMEOUT_MS } = options;
  const { temporaryDirectory, workDirectory } = folders;
  const sandbox = options.sandbox ?? null;
  const watched = watchCommand(command, onEvent);
  const given = { SOURCE_DATE_EPOCH: '0', ...(options.env ?? process.env), TMPDIR: temporaryDirectory };
  const env = { ...(sandbox?.environment(given, temporaryDirectory) ?? given), ...watched.env };
  const family = sandbox?.familyOf(command, [temporaryDirectory]);
  // A namespace costs some milliseconds.
  const run = family === undefined && kind === 'with-children' ? runInFamily : runCommand;
  const endZig = options.usesZig === true ? watchZig(env, watched.reporter) : null;
  const result = await run(command, {
    signal,
    onEvent: (event) => {
      if (event.kind === 'command-finished') watched.reporter.end();
      onEvent(event);
    },
    timeoutMs,
    env,
    family,
    watch: watched.watch,
  }).finally(() => endZig?.());
  const failed = { command, line: formatCommand(command), result, workDirectory };
  if (result.timedOut) throw ranTooLong(failed, timeoutMs);
  if (result.exitCode !== 0) throw compileFailure(failed);
}
