import { spawn } from 'node:child_process';
import { type Command, formatCommand } from './command.ts';
import { MorselError } from './errors.ts';
import { ignoreEvents, type EventSink } from './events.ts';

export interface RunCommandOptions {
  /** The whole base environment; defaults to this process's own. `command.env` is laid over it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  /** Kept of each stream, its *end*; older output is dropped and counted. */
  readonly outputLimitBytes?: number;
  readonly stdin?: string | Uint8Array;
  readonly onEvent?: EventSink | undefined;
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
export const COMMAND_OUTPUT_LIMIT_BYTES = 4 * 1024 * 1024;

/**
 * Runs a command in a process group of its own, which is killed as a whole on abort and timeout, so that no
 * grandchild (make's compilers) stays behind. A program that cannot be started is TOOLCHAIN_MISSING; a non-zero
 * exit is a result, not an error. Errors: TOOLCHAIN_MISSING, INTERRUPTED.
 */
export function runCommand(command: Command, options: RunCommandOptions = {}): Promise<CommandResult> {
  const { signal, timeoutMs, onEvent = ignoreEvents } = options;
  const limit = options.outputLimitBytes ?? COMMAND_OUTPUT_LIMIT_BYTES;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(interrupted(command));
    const started = performance.now();
    onEvent({ kind: 'command-started', command: formatCommand(command), purpose: command.purpose });
    const child = spawn(command.program, [...command.args], {
      cwd: command.cwd,
      env: definedOnly({ ...(options.env ?? process.env), ...command.env }),
      stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      detached: true,
    });
    const out = new TailBuffer(limit);
    const err = new TailBuffer(limit);
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => {
      err.push(chunk);
      onEvent({ kind: 'command-output', text: chunk.toString('utf8') });
    });
    if (options.stdin !== undefined) {
      child.stdin?.on('error', () => {}); // the program may leave before it has read its input
      child.stdin?.end(options.stdin);
    }
    let timedOut = false;
    const kill = (): void => killGroup(child.pid);
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            kill();
          }, timeoutMs);
    signal?.addEventListener('abort', kill, { once: true });
    // A listener of 'command-started' may have aborted before this one could hear it.
    if (isAborted(signal)) kill();
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', kill);
    };
    child.on('error', (cause) => {
      settle();
      reject(cannotStart(command, cause));
    });
    child.on('close', (exitCode, killedBy) => {
      settle();
      if (signal?.aborted === true) return reject(interrupted(command));
      const elapsedMs = performance.now() - started;
      onEvent({ kind: 'command-finished', purpose: command.purpose, exitCode: exitCode ?? -1, elapsedMs });
      resolve({
        exitCode,
        signal: killedBy,
        stdout: out.text(),
        stderr: err.text(),
        timedOut,
        droppedBytes: out.dropped + err.dropped,
        elapsedMs,
      });
    });
  });
}

/** Asked anew each time: the compiler would take an earlier answer as still true. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
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
  return new MorselError('INTERRUPTED', `interrupted: ${command.purpose}`);
}

function cannotStart(command: Command, cause: NodeJS.ErrnoException): MorselError {
  return new MorselError(
    'TOOLCHAIN_MISSING',
    `${command.program} cannot be started (${cause.code ?? cause.message})`,
    {
      cause,
      hint: 'run `morsel doctor` to see what this machine lacks and how to install it',
    },
  );
}

function definedOnly(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** The last `limit` bytes of a stream that may print without end. */
class TailBuffer {
  dropped = 0;
  #chunks: Buffer[] = [];
  #size = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    while (this.#size - (this.#chunks[0]?.length ?? 0) >= this.#limit) {
      const oldest = this.#chunks.shift();
      this.#size -= oldest?.length ?? 0;
      this.dropped += oldest?.length ?? 0;
    }
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}
