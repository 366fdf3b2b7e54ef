import type { ChildProcess } from 'node:child_process';
import { closeSync, constants as fileConstants, openSync } from 'node:fs';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { MorselError } from '../../core/errors.ts';
import { type Chain, reportedStep } from './chain-report.ts';
import { readEnd, readStatus } from './container-end.ts';
import { findInit, isAlive } from '../prepare/find-init.ts';
import { HeadBuffer } from './head-buffer.ts';
import { interrupted, notStarted } from './not-started.ts';
import { connectsInside } from '../readiness/connect-inside.ts';
import { listeningSockets } from '../readiness/listening-sockets.ts';
import { listenInside, type ListenPlace } from '../listen-inside.ts';
import type { ListeningSocket } from '../readiness/listening-socket.ts';
import { probeInside } from '../probe.ts';
import type { RunningContainer, RunRequest, RunResult } from '../sandbox.ts';
import { openStreams, type ProgramStreams } from './program-streams.ts';
import { startChain } from './start-chain.ts';
import { TerminalStreams } from './terminal-streams.ts';
import { sleeps } from './sleeps.ts';
import { TypedTerminal } from './typed-terminal.ts';
import { drops, heeds } from './heeded-signals.ts';
import { GO_FD } from '../launcher/descriptors.ts';
import { describeErrno } from '../launcher/errno.ts';
import type { StartFailure } from '../start-failure.ts';
import type { Terminal } from '../terminal.ts';
import { waitUntilGone } from '../wait-until-gone.ts';

/** READY_STEP and one failed step are 32 bytes; what writes more is no launcher of ours. */
const STATUS_LIMIT_BYTES = 4096;
/** More than a sandbox tool ever says. */
const SAID_LIMIT_BYTES = 64 * 1024;

/** What is known of a run by its processes alone. */
/** `notes`: of what happened while it ran. */
type EndedRun = Omit<RunResult, 'lifted' | 'trustedIn' | 'unfaithful' | 'observed'>;

/** Between two Ctrl-C. */
const INSISTING_MS = 1_000;
const { SIGINT } = constants.signals;
const UNHEEDED_INTERRUPT =
  'ended by a second Ctrl-C: as PID 1 the program gets no SIGINT, since it does not listen for it; under docker, `docker run --init` helps';

/** A tracer has to write no more than what has happened. */
const TRACER_GRACE_MS = 3_000;

export interface ContainerStart {
  /** Of the sandbox, for messages. */
  readonly name: string;
  readonly chain: Chain;
  readonly signalsAsExitCodes: boolean;
  readonly request: RunRequest;
  /** The program's own. */
  readonly terminal: Terminal | null;
  /** The run's own, in which the programs of the chain are. */
  readonly folder: string;
  /** Paths that the chain makes in the root. */
  readonly made: readonly string[];
  /** Traced: its tracer has a moment to write down how it was killed. */
  readonly isTraced: boolean;
}

/** The processes of one run, from their start until nothing of them is left. */
export class ContainerProcess {
  readonly #start: ContainerStart;
  readonly #request: RunRequest;
  readonly #child: ChildProcess;
  readonly #streams: ProgramStreams;
  /** By the tools that set the container up. */
  readonly #said = new HeadBuffer(SAID_LIMIT_BYTES);
  readonly #started = performance.now();
  readonly #exited: Promise<void>;
  #status = Buffer.alloc(0);
  #interruptedAt = -Infinity;
  readonly #notes: string[] = [];
  #isReady = false;
  #hasExited = false;
  #timedOut = false;
  #initPid: number | null = null;
  /** A descriptor of the container's root, which outlives the container. */
  #rootFd: number | null = null;
  /** Where this process listens in the container's network. */
  readonly #ownPlaces: ListenPlace[] = [];
  #listener: Promise<void> = Promise.resolve();
  #listenerError: unknown = null;

  constructor(start: ContainerStart) {
    this.#start = start;
    this.#request = start.request;
    this.#streams = openStreams(start.request, start.terminal, start.folder);
    this.#streams.ended.catch(() => {});
    if (this.#streams instanceof TerminalStreams) this.#streams.onInterrupt = () => this.#interrupt();
    this.#child = startChain(start.folder, this.#streams);
    this.#exited = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', () => {
        this.#hasExited = true;
        const end = (): void => resolve();
        this.#streams.ended.then(end, end);
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
      this.#streams.release();
      await this.#cleanUp();
    }
    try {
      if (signal?.aborted === true) throw interrupted();
      if (this.#listenerError !== null) throw this.#listenerError;
      await this.#streams.ended;
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
    const { afterwards } = this.#request;
    if (afterwards !== undefined && this.#initPid !== null) this.#rootFd = openRoot(this.#initPid);
    this.#listener = this.#accompany().catch((error: unknown) => {
      this.#listenerError = error;
      this.#killAll();
    });
  }

  /** The program waits for a byte. */
  async #accompany(): Promise<void> {
    const { beforeStart, whileRunning } = this.#request;
    const pid = this.#initPid;
    if (beforeStart !== undefined) await beforeStart(this.#container(pid ?? 0));
    const go = (this.#child.stdio as readonly (Writable | null)[])[GO_FD];
    go?.on('error', () => {}); // it was killed while it waited
    go?.end('!');
    if (pid === null) return;
    if (this.#streams instanceof TypedTerminal) this.#streams.startTyping(() => sleeps(pid));
    await whileRunning?.(this.#container(pid));
  }

  #container(pid: number): RunningContainer {
    const exited = this.#exited.catch(() => {});
    return {
      pid,
      exited,
      hasExited: () => this.#hasExited,
      kill: (signal) => sendSignal(pid, signal),
      drops: (signal) => drops(pid, signal),
      probe: (probe) => probeInside(this.#child.pid ?? 0, probe, exited),
      listening: async () =>
        this.#request.network === 'none' ? listeningSockets(pid).filter((one) => !this.#isOwn(one)) : [],
      listen: (places) => {
        this.#ownPlaces.push(...places);
        return listenInside(this.#child.pid ?? 0, places);
      },
      connects: (socket) =>
        connectsInside(socket, {
          networkPid: this.#child.pid ?? 0,
          rootPid: pid,
          folder: this.#start.folder,
        }),
    };
  }

  #isOwn(socket: ListeningSocket): boolean {
    return this.#ownPlaces.some(
      ({ kind, hosts, port }) =>
        kind === 'tcp' && socket.family !== 'unix' && socket.port === port && hosts.includes(socket.address),
    );
  }

  /**
   * Ctrl-C in the program's terminal. The kernel gives PID 1 no signal for which it does not listen (pid_namespaces(7)): a
   * user who insists is not to be left alone with it.
   */
  #interrupt(): void {
    const insists = performance.now() - this.#interruptedAt < INSISTING_MS;
    this.#interruptedAt = performance.now();
    if (!insists || this.#initPid === null || heeds(this.#initPid, SIGINT)) return;
    this.#notes.push(UNHEEDED_INTERRUPT);
    this.#killAll();
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
    const { keptOutput: out, keptErrors: err } = this.#streams;
    const captured = { stdout: out.bytes(), stderr: err.bytes() };
    const droppedBytes = out.droppedBytes + err.droppedBytes;
    const elapsedMs = performance.now() - this.#started;
    const notes = this.#notes;
    const ended = { exitCode: null, signal: null, timedOut: this.#timedOut, startFailure: null, notes };
    if (record.failedStep !== null) {
      const failure = this.#failedStart(record.failedStep, record.errno);
      return { ...ended, ...notStarted(failure, captured.stderr), notes, droppedBytes, elapsedMs };
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
    return openSync(`/proc/${pid}/root`, fileConstants.O_RDONLY | fileConstants.O_DIRECTORY);
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
