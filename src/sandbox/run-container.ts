import { type ChildProcess, spawn } from 'node:child_process';
import {
  mkdtempSync,
  openSync,
  closeSync,
  realpathSync,
  rmdirSync,
  rmSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { MorselError } from '../core/errors.ts';
import { assembleProgram, type Step } from './assemble-program.ts';
import type { ContainerPlan, Driver, Mode } from './container-plan.ts';
import { findInit, isAlive } from './find-init.ts';
import { toolPath } from './find-tool.ts';
import { LAUNCHER_FD, READY_STEP, STATUS_FD } from './launcher-steps.ts';
import { prepareRequest } from './prepare-request.ts';
import { probeInside } from './probe.ts';
import type { RunningContainer, RunRequest, RunResult } from './sandbox.ts';
import { errnoText, launcherMachine } from './system-calls.ts';

/** A descriptor that nobody has: what the program before the runtime would report has no reader. */
const NO_FD = 1000;
/** How long killed processes may take to be gone, and their cgroups to be removable. */
const CLEANUP_MS = 2_000;
const CLEANUP_STEP_MS = 5;

/** Runs one container by a driver; the contract is that of `Sandbox.run`. */
export async function runContainer(driver: Driver, mode: Mode, request: RunRequest): Promise<RunResult> {
  if (request.signal?.aborted === true) throw interrupted();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'morsel-run-')));
  let release = (): void => {};
  try {
    const preparation = prepareRequest(request, (files) => writeFiles(folder, files), kindOf);
    if (preparation.kind === 'not-started') return notStarted(preparation.failure, []);
    release = preparation.release;
    const plan = driver.plan(preparation.prepared, mode, folder);
    const running = new ContainerProcess(driver.name, plan, request, writePlan(folder, plan));
    return { ...(await running.result()), notes: preparation.notes };
  } finally {
    release();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The injected files, by their path in the container, as paths on this machine. */
function writeFiles(folder: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([path, content]) => {
      const file = join(folder, path.slice(path.lastIndexOf('/') + 1));
      writeFileSync(file, content, { mode: 0o644 });
      return [path, file];
    }),
  );
}

function kindOf(source: string): 'file' | 'directory' {
  const stat = statSync(source, { throwIfNoEntry: false });
  if (stat === undefined)
    throw new MorselError('NOT_FOUND', `${source}: no such file or directory`, {
      hint: 'check the source of the mount',
    });
  return stat.isDirectory() ? 'directory' : 'file';
}

function writePlan(folder: string, plan: ContainerPlan): string {
  const machine = launcherMachine();
  if (machine === null)
    throw new MorselError('SANDBOX_MISSING', `morsel has no launcher for ${process.arch}`);
  const write = (name: string, content: string | readonly Step[], statusFd: number): void => {
    const bytes = typeof content === 'string' ? content : assembleProgram(machine, content, statusFd);
    writeFileSync(join(folder, name), bytes, { mode: 0o755 });
  };
  for (const [name, content] of Object.entries(plan.files)) write(name, content, NO_FD);
  write('launcher', plan.launcher, STATUS_FD);
  return folder;
}

/** The processes of one run, from their start until nothing of them is left. */
class ContainerProcess {
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
      if (this.#initPid === null && isReady(this.#status)) this.#becomeReady();
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
    return { ...ended, ...captured, ...this.#exit(), droppedBytes, elapsedMs };
  }

  #exit(): { readonly exitCode: number | null; readonly signal: string | null } {
    const { exitCode, signalCode } = this.#child;
    if (signalCode !== null || exitCode === null) return { exitCode: null, signal: signalCode };
    const signal = this.#plan.signalsAsExitCodes ? signalName(exitCode - 128) : null;
    return signal === null ? { exitCode, signal: null } : { exitCode: null, signal };
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

/** LAUNCHER_FD is the index of the launcher in `stdio` above; STATUS_FD that of the pipe before it. */
void (LAUNCHER_FD satisfies 4);

function isReady(status: Buffer): boolean {
  return readStatus(status).isReady;
}

/** Records of { step, errno }, 16 bytes each: READY_STEP with errno 0, or the step that failed. */
function readStatus(status: Buffer): {
  readonly isReady: boolean;
  readonly failedStep: number | null;
  readonly errno: number;
} {
  let isReadySeen = false;
  for (let offset = 0; offset + 16 <= status.length; offset += 16) {
    const step = status.readUInt32LE(offset);
    const errno = status.readUInt32LE(offset + 8);
    if (errno !== 0) return { isReady: isReadySeen, failedStep: step, errno };
    isReadySeen = step === READY_STEP;
  }
  return { isReady: isReadySeen, failedStep: null, errno: 0 };
}

function notStarted(failure: string, stderr: Buffer | []): RunResult {
  const none = Buffer.alloc(0);
  return {
    ...{ exitCode: null, signal: null, timedOut: false, droppedBytes: 0, elapsedMs: 0, notes: [] },
    ...{ stdout: none, stderr: Buffer.isBuffer(stderr) ? stderr : none, startFailure: failure },
  };
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has gone already
  }
}

function signalName(number: number): string | null {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? null;
}

/** Whether nothing is left of it: a cgroup can be removed when its last process is gone. */
function removeCgroups(name: string): boolean {
  const root = '/sys/fs/cgroup';
  const hierarchies = [root, ...listDirectories(root).map((controller) => join(root, controller))];
  return hierarchies.map((hierarchy) => removeCgroup(join(hierarchy, name))).every(Boolean);
}

function removeCgroup(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EBUSY';
  }
}

function listDirectories(path: string): readonly string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}

function interrupted(): MorselError {
  return new MorselError('INTERRUPTED', 'interrupted while the program ran');
}

/** The first `limit` bytes of a stream that may never end. */
class HeadBuffer {
  droppedBytes = 0;
  #chunks: Buffer[] = [];
  #left: number;

  constructor(limit: number) {
    this.#left = limit;
  }

  push(chunk: Buffer): void {
    const kept = chunk.subarray(0, this.#left);
    this.#left -= kept.length;
    this.droppedBytes += chunk.length - kept.length;
    if (kept.length > 0) this.#chunks.push(kept);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}
