import type { ChildProcess } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { MorselError } from '../../core/errors.ts';
import { type Chain, reportedStep } from './chain-report.ts';
import { readEnd, readStatus } from './container-end.ts';
import { findInit, isAlive } from '../prepare/find-init.ts';
import { CapturedStreams } from './captured-streams.ts';
import { HeadBuffer } from './head-buffer.ts';
import { interrupted, notStarted } from './not-started.ts';
import { connectsInside } from '../readiness/connect-inside.ts';
import { listeningSockets } from '../readiness/listening-sockets.ts';
import { probeInside } from '../probe.ts';
import type { RunningContainer, RunRequest, RunResult } from '../sandbox.ts';
import { startChain } from './start-chain.ts';
import { GO_FD } from '../launcher/descriptors.ts';
import { describeErrno } from '../launcher/errno.ts';
import type { StartFailure } from '../start-failure.ts';
import { waitUntilGone } from '../wait-until-gone.ts';

/** READY_STEP and one failed step are 32 bytes; what writes more is no launcher of ours. */
const STATUS_LIMIT_BYTES = 4096;
/** More than a sandbox tool ever says. */
const SAID_LIMIT_BYTES = 64 * 1024;

/** What is known of a run by its processes alone. */
type EndedRun = Omit<RunResult, 'notes' | 'lifted' | 'unfaithful' | 'observed'>;

/** A tracer has to write no more than what has happened. */
const TRACER_GRACE_MS = 3_000;

export interface ContainerStart {
  /** Of the sandbox, for messages. */
  readonly name: string;
  readonly chain: Chain;
  readonly signalsAsExitCodes: boolean;
  readonly request: RunRequest;
  /** The run's own, in which the programs of the chain are. */
  readonly folder: string;
  /** Paths that the chain makes in the root. */
  readonly made: readonly string[];
  /** Traced: its tracer has a moment to write down how it was killed. */
  readonly isTraced: boolean;
}

/** Of streams that go elsewhere. */
const NOTHING = { kept: new HeadBuffer(0) };

/** The processes of one run, from their start until nothing of them is left. */
export class ContainerProcess {
  readonly #start: ContainerStart;
  readonly #request: RunRequest;
  readonly #child: ChildProcess;
  readonly #copied: Promise<void>;
  /** null where the program has this process's own. */
  readonly #captured: CapturedStreams | null;
  /** By the tools that set the container up. */
  readonly #said = new HeadBuffer(SAID_LIMIT_BYTES);
  readonly #started = performance.now();
  readonly #exited: Promise<void>;
  #status = Buffer.alloc(0);
  #isReady = false;
  #hasExited = false;
  #timedOut = false;
  #initPid: number | null = null;
  /** A descriptor of the container's root, which outlives the container. */
  #rootFd: number | null = null;
  #listener: Promise<void> = Promise.resolve();
  #listenerError: unknown = null;

  constructor(start: ContainerStart) {
    this.#start = start;
    this.#request = start.request;
    const { stdio, outputLimitBytes } = start.request;
    this.#captured = stdio.kind === 'capture' ? new CapturedStreams(outputLimitBytes) : null;
    const { child, copied } = startChain(start.folder, stdio, this.#captured);
    this.#child = child;
    this.#copied = copied;
    this.#exited = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', () => {
        this.#hasExited = true;
        void (this.#captured?.ended ?? Promise.resolve()).then(() => resolve());
      });
    });
    this.#exited.catch(() => {});
    this.#readStreams();
  }

  async result(): Promise<EndedRun> {
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
        `${this.#start.name} cannot be started (${(cause as Error).message})`,
        { cause, hint: 'set TMPDIR to a folder on a file system from which programs may be executed' },
      );
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      await this.#cleanUp();
    }
    try {
      if (signal?.aborted === true) throw interrupted();
      if (this.#listenerError !== null) throw this.#listenerError;
      await this.#copied;
      const outcome = this.#outcome();
      if (this.#rootFd !== null)
        await this.#request.afterwards?.({ path: `/proc/self/fd/${this.#rootFd}`, made: this.#start.made });
      return outcome;
    } finally {
      if (this.#rootFd !== null) closeSync(this.#rootFd);
    }
  }

  #readStreams(): void {
    const streams = this.#child.stdio as readonly (Readable | null | undefined)[];
    const [, , said, status] = streams;
    said?.on('data', (chunk: Buffer) => this.#said.push(chunk));
    status?.on('data', (chunk: Buffer) => {
      if (this.#status.length < STATUS_LIMIT_BYTES) this.#status = Buffer.concat([this.#status, chunk]);
      if (!this.#isReady && readStatus(this.#status).isReady) this.#becomeReady();
    });
  }

  /** Set up; where somebody observes, the program waits for a byte until all is ready to look at it. */
  #becomeReady(): void {
    this.#isReady = true;
    this.#initPid = findInit(this.#child.pid ?? 0);
    const { whileRunning, afterwards } = this.#request;
    if (afterwards !== undefined && this.#initPid !== null) this.#rootFd = openRoot(this.#initPid);
    const go = (this.#child.stdio as readonly (Writable | null)[])[GO_FD];
    go?.on('error', () => {}); // it was killed while it waited
    go?.end('!');
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
      probe: (probe) => probeInside(this.#child.pid ?? 0, probe, exited),
      listening: async () => (this.#request.network === 'none' ? listeningSockets(pid) : []),
      connects: (socket) =>
        connectsInside(socket, {
          networkPid: this.#child.pid ?? 0,
          rootPid: pid,
          folder: this.#start.folder,
        }),
    };
  }

  #timeOut(): void {
    this.#timedOut = true;
    this.#killAll();
  }

  /** The whole tree: init takes its pid namespace with it, and so does the first process, whichever is gone first. */
  #killAll(): void {
    if (this.#initPid !== null) sendSignal(this.#initPid, 'SIGKILL');
    // A tracer ends with the last of what it traces; killed before, it would lose the end and leave calls unanswered.
    if (this.#initPid === null || !this.#start.isTraced) this.#killGroup();
    else setTimeout(() => this.#killGroup(), TRACER_GRACE_MS).unref();
  }

  #killGroup(): void {
    const { pid } = this.#child;
    if (pid !== undefined && !this.#hasExited) sendSignal(-pid, 'SIGKILL');
  }

  async #cleanUp(): Promise<void> {
    if (!this.#hasExited) this.#killAll();
    await waitUntilGone(() => this.#initPid === null || !isAlive(this.#initPid));
  }

  #outcome(): EndedRun {
    const record = readStatus(this.#status);
    const { kept: out } = this.#captured?.stdout ?? NOTHING;
    const { kept: err } = this.#captured?.stderr ?? NOTHING;
    const captured = { stdout: out.bytes(), stderr: err.bytes() };
    const droppedBytes = out.droppedBytes + err.droppedBytes;
    const elapsedMs = performance.now() - this.#started;
    const ended = { exitCode: null, signal: null, timedOut: this.#timedOut, startFailure: null };
    if (record.failedStep !== null) {
      const failure = this.#failedStart(record.failedStep, record.errno);
      return { ...ended, ...notStarted(failure, captured.stderr), droppedBytes, elapsedMs };
    }
    if (this.#timedOut) return { ...ended, ...captured, droppedBytes, elapsedMs };
    if (!record.isReady) throw this.#broken(this.#said.bytes().toString('utf8').trim() || this.#endOfChild());
    const { exitCode, signalCode: signal } = this.#child;
    const said = this.#said.bytes().toString('latin1');
    const end = readEnd({ exitCode, signal }, this.#start.signalsAsExitCodes ? '128+n' : 'same-signal', said);
    return { ...ended, ...captured, ...end, droppedBytes, elapsedMs };
  }

  /** What the program itself could not do: its folder, its start. Everything else is the sandbox's own failure. */
  #failedStart(number: number, errno: number): StartFailure {
    const reported = reportedStep(this.#start.chain, number);
    const { name, text } = describeErrno(errno);
    const message = `${reported?.step.name ?? 'start'}: ${text}`;
    const call = reported?.program === 'launcher' ? reported.step.call : null;
    if (call === 'execve') return { kind: 'exec', errno: name, message };
    if (call === 'chdir') return { kind: 'chdir', errno: name, message };
    throw this.#broken(message);
  }

  #endOfChild(): string {
    const { exitCode, signalCode } = this.#child;
    return signalCode === null ? `exit code ${exitCode ?? 'unknown'}` : `ended by ${signalCode}`;
  }

  #broken(words: string): MorselError {
    return new MorselError('SANDBOX_FAILED', `${this.#start.name} could not set up the container: ${words}`, {
      hint: 'run `morsel doctor` to see which sandboxes work here',
    });
  }
}

/** Null where this user may not look into the container. */
function openRoot(pid: number): number | null {
  try {
    return openSync(`/proc/${pid}/root`, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch {
    return null;
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals | number): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has gone already
  }
}
