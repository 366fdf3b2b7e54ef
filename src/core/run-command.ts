import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { type Command, formatCommand } from './command.ts';
import { MorselError } from './errors.ts';
import { DOCTOR_HINT } from './hints.ts';
import { type EventSink, ignoreEvents } from './events.ts';
import { isStartFailure, type ProcessFamily } from './process-family.ts';
import { type GroupSupervisor, superviseGroup } from './supervise-group.ts';
import { TailBuffer } from './tail-buffer.ts';

export interface RunCommandOptions {
  /** The whole base environment; defaults to this process's own. `command.env` is laid over it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  /** Kept of each stream, its *end*; older output is dropped and counted. */
  readonly outputLimitBytes?: number;
  readonly stdin?: string | Uint8Array;
  readonly onEvent?: EventSink | undefined;
  /** Sees what it writes, and takes out what is no news. */
  readonly watch?: OutputWatch | undefined;
  /** For commands that start others: all of them end with this one, and with morsel. */
  readonly family?: ProcessFamily | undefined;
}

/** Looks at a command's output as it comes. */
export interface OutputWatch {
  /** What is left of a piece: kept, and told. */
  take(stream: 'stdout' | 'stderr', piece: Buffer): Buffer;
  /** What it still holds back when the streams have ended. */
  end(stream: 'stdout' | 'stderr'): Buffer;
}

export interface CommandResult {
  /** null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  readonly droppedBytes: number;
  readonly elapsedMs: number;
}

/** What is kept of a tool's output unless told otherwise: enough for the errors of a compiler. */
const COMMAND_OUTPUT_LIMIT_BYTES = 4 * 1024 * 1024;

/** What a command wrote is in its pipes when it has ended; whoever else holds them open is not waited for. */
const DRAIN_MS = 500;

/**
 * Runs a command in a process group of its own, which is killed as a whole on abort and timeout; with `family` also
 * what left the group. A program that cannot be started is TOOLCHAIN_MISSING; a non-zero exit is a result, not an
 * error. Errors: TOOLCHAIN_MISSING, INTERRUPTED.
 */
export function runCommand(command: Command, options: RunCommandOptions = {}): Promise<CommandResult> {
  const { signal, onEvent = ignoreEvents } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(interrupted(command));
    const started = performance.now();
    const { purpose, once } = command;
    onEvent({ kind: 'command-started', command: formatCommand(command), purpose, once });
    const supervisor = options.family?.kind === 'supervised' ? superviseGroup() : null;
    const child = start(command, options, supervisor);
    const output = readOutput(child, options);
    const limits = endAtLimits(child, options);
    const settle = (): void => {
      limits.clear();
      supervisor?.end();
    };
    child.on('error', (cause) => {
      settle();
      reject(cannotStart(command, cause));
    });
    child.on('exit', () => supervisor?.end());
    child.on('close', (exitCode, killedBy) => {
      settle();
      if (signal?.aborted === true) return reject(interrupted(command));
      const written = textOf(output);
      if (options.family?.kind === 'namespace' && isStartFailure(exitCode, written.stderr))
        return reject(cannotStart(command, new Error(written.stderr.trim())));
      const elapsedMs = performance.now() - started;
      onEvent({ kind: 'command-finished', purpose: command.purpose, exitCode: exitCode ?? -1, elapsedMs });
      resolve({
        exitCode,
        signal: killedBy,
        ...written,
        timedOut: limits.timedOut(),
        elapsedMs,
      });
    });
  });
}

function start(
  command: Command,
  options: RunCommandOptions,
  supervisor: GroupSupervisor | null,
): ChildProcess {
  const prefix = options.family?.kind === 'namespace' ? options.family.prefix : [];
  const [program = command.program, ...args] = [...prefix, command.program, ...command.args];
  const input = openInput(options.family);
  const child = spawn(program, args, {
    cwd: command.cwd,
    env: definedOnly({ ...(options.env ?? process.env), ...command.env, ...supervisor?.env }),
    stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', ...input],
    detached: true,
  });
  for (const fd of input) closeSync(fd);
  if (child.pid !== undefined) supervisor?.watch(child.pid);
  if (options.stdin !== undefined) {
    child.stdin?.on('error', () => {}); // the program may leave before it has read its input
    child.stdin?.end(options.stdin);
  }
  return child;
}

function openInput(family: ProcessFamily | undefined): readonly number[] {
  return family?.kind === 'namespace' && family.input !== undefined ? [openSync(family.input, 'r')] : [];
}

interface Output {
  readonly stdout: TailBuffer;
  readonly stderr: TailBuffer;
}

function readOutput(child: ChildProcess, options: RunCommandOptions): Output {
  const { onEvent = ignoreEvents, watch } = options;
  const limit = options.outputLimitBytes ?? COMMAND_OUTPUT_LIMIT_BYTES;
  const output = { stdout: new TailBuffer(limit), stderr: new TailBuffer(limit) };
  for (const stream of ['stdout', 'stderr'] as const) {
    const take = (piece: Buffer): void => {
      if (piece.length === 0) return;
      output[stream].push(piece);
      onEvent({ kind: 'command-output', stream, text: piece.toString('utf8') });
    };
    child[stream]?.on('data', (piece: Buffer) => take(watch?.take(stream, piece) ?? piece));
    // Before the result is made of it, which waits for the same.
    if (watch !== undefined) child.prependListener('close', () => take(watch.end(stream)));
  }
  return output;
}

function textOf({ stdout, stderr }: Output): Pick<CommandResult, 'stdout' | 'stderr' | 'droppedBytes'> {
  return {
    stdout: stdout.text(),
    stderr: stderr.text(),
    droppedBytes: stdout.droppedBytes + stderr.droppedBytes,
  };
}

interface Limits {
  timedOut(): boolean;
  clear(): void;
}

/** Abort and timeout end the group; after the command's own end its streams are read for a moment more. */
function endAtLimits(child: ChildProcess, { signal, timeoutMs }: RunCommandOptions): Limits {
  let isTimedOut = false;
  const kill = (): void => killGroup(child.pid);
  const timeout = after(timeoutMs, () => {
    isTimedOut = true;
    kill();
  });
  let drain: NodeJS.Timeout | undefined;
  child.on('exit', () => {
    clearTimeout(timeout);
    drain = setTimeout(() => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, DRAIN_MS);
  });
  signal?.addEventListener('abort', kill, { once: true });
  // A listener of 'command-started' may have aborted before this one could hear it.
  if (signal?.aborted === true) kill();
  return {
    timedOut: () => isTimedOut,
    clear() {
      clearTimeout(timeout);
      clearTimeout(drain);
      signal?.removeEventListener('abort', kill);
    },
  };
}

function after(ms: number | undefined, work: () => void): NodeJS.Timeout | undefined {
  return ms === undefined ? undefined : setTimeout(work, ms);
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it has gone already
  }
}

function interrupted(command: Command): MorselError {
  return new MorselError('INTERRUPTED', `interrupted: ${command.purpose}`, {
    hint: 'start it again; what was compiled is kept',
  });
}

function cannotStart(command: Command, cause: NodeJS.ErrnoException): MorselError {
  return new MorselError(
    'TOOLCHAIN_MISSING',
    `${command.program} cannot be started (${cause.code ?? cause.message})`,
    {
      cause,
      hint: DOCTOR_HINT,
    },
  );
}

function definedOnly(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
