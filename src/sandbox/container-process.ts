import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { MorselError } from '../core/errors.ts';
import { readEnd, readStatus } from './container-end.ts';
import type { ContainerPlan } from './container-plan.ts';
import { findInit, isAlive } from './find-init.ts';
import { toolPath } from './find-tool.ts';
import { HeadBuffer } from './head-buffer.ts';
import { probeInside } from './probe.ts';
import { removeCgroups, removeStaleCgroups } from './remove-cgroups.ts';
import type { RunningContainer, RunRequest, RunResult } from './sandbox.ts';
import { errnoText } from './system-calls.ts';

/** How long killed processes may take to be gone, and their cgroups to be removable. */
const CLEANUP_MS = 2_000;
const CLEANUP_STEP_MS = 5;

/** The processes of one run, from their start until nothing of them is left. */
export class ContainerProcess {
  readonly #name: string;
  readonly #plan: ContainerPlan;
  readonly #request: RunRequest;
  readonly #child: ChildProcess;
  readonly #stdout: HeadBuffer;
  readonly #stderr: HeadBuffer;
  readonly #started = performance.now();
  readonly #exited: Promise<void>;
  #status = Buffer.alloc(0);
  #hasExited = false;
  #timedOut = false;
  #initPid: number | null = null;
  #listener: Promise<void> = Promise.resolve();
  #listenerError: unknown = null;

  constructor(name: string, plan: ContainerPlan, request: RunRequest, folder: string) {
    this.#name = name;
    this.#plan = plan;
    this.#request = request;
    this.#stdout = new HeadBuffer(request.outputLimitBytes);
    this.#stderr = new HeadBuffer(request.outputLimitBytes);
    this.#child = startProcess(plan, request, folder);
    this.#exited = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', () => {
        this.#hasExited = true;
        resolve();
      });
    });
    this.#exited.catch(() => {});
    this.#readStreams();
  }

  async result(): Promise<Omit<RunResult, 'notes'>> {
    const { signal, timeoutMs } = this.#request;
    const abort = (): void => this.#killAll();
    signal?.addEventListener('abort', abort, { once: true });
    const timer = Number.isFinite(timeoutMs) ? setTimeout(() => this.#timeOut(), timeoutMs) : undefined;
    try {
      await this.#exited;
      await this.#listener;
    } catch (cause) {
      throw new MorselError(
        'SANDBOX_MISSING',
        `${this.#name} cannot be started (${(cause as Error).message})`,
        { cause },
      );
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      await this.#cleanUp();
    }
    if (signal?.aborted === true) throw interrupted();
    if (this.#listenerError !== null) throw this.#listenerError;
    return this.#outcome();
  }

  #readStreams(): void {
    const [, out, err, status] = this.#child.stdio as (Readable | null)[];
    out?.on('data', (chunk: Buffer) => this.#stdout.push(chunk));
    err?.on('data', (chunk: Buffer) => this.#stderr.push(chunk));
    status?.on('data', (chunk: Buffer) => {
      this.#status = Buffer.concat([this.#status, chunk]);
      if (this.#initPid === null && readStatus(this.#status).isReady) this.#becomeReady();
    });
  }

  #becomeReady(): void {
    this.#initPid = findInit(this.#child.pid ?? 0);
    const { whileRunning } = this.#request;
    if (whileRunning === undefined || this.#initPid === null) return;
    this.#listener = whileRunning(this.#container(this.#initPid)).catch((error: unknown) => {
      this.#listenerError = error;
      this.#killAll();
    });
  }

  #container(pid: number): RunningContainer {
    const exited = this.#exited.catch(() => {});
    return {
      pid,
      exited,
      hasExited: () => this.#hasExited,
      kill: (signal) => sendSignal(pid, signal),
      probe: (probe) => probeInside(pid, probe, exited),
    };
  }

  #timeOut(): void {
    this.#timedOut = true;
    this.#killAll();
  }

  /** The whole tree: init takes its pid namespace with it, and so does the first process, whichever is gone first. */
  #killAll(): void {
    if (this.#initPid !== null) sendSignal(this.#initPid, 'SIGKILL');
    const { pid } = this.#child;
    if (pid !== undefined) sendSignal(-pid, 'SIGKILL');
  }

  async #cleanUp(): Promise<void> {
    if (!this.#hasExited) this.#killAll();
    const deadline = performance.now() + CLEANUP_MS;
    while (this.#initPid !== null && isAlive(this.#initPid) && performance.now() < deadline)
      await sleep(CLEANUP_STEP_MS);
    const { cgroupName } = this.#plan;
    if (cgroupName !== null) removeStaleCgroups();
    while (cgroupName !== null && !removeCgroups(cgroupName) && performance.now() < deadline)
      await sleep(CLEANUP_STEP_MS);
  }

  #outcome(): Omit<RunResult, 'notes'> {
    const record = readStatus(this.#status);
    const captured = { stdout: this.#stdout.bytes(), stderr: this.#stderr.bytes() };
    const droppedBytes = this.#stdout.droppedBytes + this.#stderr.droppedBytes;
    const elapsedMs = performance.now() - this.#started;
    const ended = { exitCode: null, signal: null, timedOut: this.#timedOut, startFailure: null };
    if (record.failedStep !== null) {
      const step = this.#plan.launcher[record.failedStep];
      const words = `${step?.name ?? 'start'}: ${errnoText(record.errno)}`;
      if (step?.call !== 'execve' && step?.call !== 'chdir') throw this.#broken(words);
      return { ...ended, ...notStarted(words, captured.stderr), droppedBytes, elapsedMs };
    }
    if (this.#timedOut) return { ...ended, ...captured, droppedBytes, elapsedMs };
    if (!record.isReady) throw this.#broken(captured.stderr.toString('utf8').trim() || this.#endOfChild());
    const { exitCode, signalCode: signal } = this.#child;
    const end = readEnd(
      { exitCode, signal, stderr: captured.stderr },
      this.#plan.signalsAsExitCodes ? '128+n' : 'same-signal',
    );
    return { ...ended, ...captured, ...end, droppedBytes, elapsedMs };
  }

  #endOfChild(): string {
    const { exitCode, signalCode } = this.#child;
    return signalCode === null ? `exit code ${exitCode ?? 'unknown'}` : `ended by ${signalCode}`;
  }

  #broken(words: string): MorselError {
    return new MorselError('SANDBOX_FAILED', `${this.#name} could not set up the container: ${words}`, {
      hint: 'run `morsel doctor` to see which sandboxes work here',
    });
  }
}

function startProcess(plan: ContainerPlan, { stdio }: RunRequest, folder: string): ChildProcess {
  const [program = '', ...args] = plan.argv;
  const launcher = openSync(join(folder, 'launcher'), 'r');
  const streams =
    stdio.kind === 'inherit'
      ? (['inherit', 'inherit', 'inherit'] as const)
      : ([stdio.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] as const);
  try {
    // A process group of its own: a terminal's Ctrl-C reaches morsel, which decides; and all can be killed at once.
    const child = spawn(program, args, {
      cwd: folder,
      env: { PATH: toolPath() },
      // The places of STATUS_FD and LAUNCHER_FD.
      stdio: [...streams, 'pipe', launcher],
      detached: true,
    });
    if (stdio.kind === 'capture' && stdio.stdin !== undefined) {
      child.stdin?.on('error', () => {}); // the program may leave before it has read its input
      child.stdin?.end(stdio.stdin);
    }
    return child;
  } finally {
    closeSync(launcher);
  }
}

export function notStarted(failure: string, stderr: Buffer | []): RunResult {
  const none = Buffer.alloc(0);
  return {
    exitCode: null,
    signal: null,
    timedOut: false,
    droppedBytes: 0,
    elapsedMs: 0,
    notes: [],
    stdout: none,
    stderr: Buffer.isBuffer(stderr) ? stderr : none,
    startFailure: failure,
  };
}

function sendSignal(pid: number, signal: NodeJS.Signals | number): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has gone already
  }
}

export function interrupted(): MorselError {
  return new MorselError('INTERRUPTED', 'interrupted while the program ran');
}
