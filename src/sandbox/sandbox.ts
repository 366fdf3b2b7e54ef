import type { Network, SandboxName } from '../core/choices.ts';
import type { MorselError } from '../core/errors.ts';
import type { ListeningHandle, ListenPlace } from './listen-inside.ts';
import type { ListeningSocket } from './readiness/listening-socket.ts';
import type { WindowSize } from './launcher/terminal-steps.ts';
import type { StartFailure } from './start-failure.ts';

/** A way to run a root directory with nothing of the host around it. */
export interface Sandbox {
  readonly name: SandboxName;
  /** What lies between a program and this machine here, in words: shown in the receipt. */
  readonly isolation: readonly string[];
  /** The part of it that is not the same in every sandbox. */
  readonly particulars: readonly string[];
  /** What it cannot give here of that which every sandbox is to give; such a one is used only when asked for. */
  readonly lacks: readonly string[];
  /**
   * Runs one program until it has ended, was stopped, or the time is over; nothing of it is left then, neither
   * process nor mount. A program that fails is a result. Errors: SANDBOX_FAILED (the sandbox itself broke), INTERRUPTED.
   */
  run(request: RunRequest): Promise<RunResult>;
}

/** One container to run. The root directory is the unpacked image and nothing else. */
export interface RunRequest {
  /**
   * Absolute path of the unpacked image. It is only read: the container's root is an overlay over it, in which the
   * mount points are made that the image lacks (/proc, /dev, /sys, /etc/hosts …), and which takes what the program
   * writes and ends with it.
   */
  readonly root: string;
  readonly argv: readonly string[];
  /** The whole environment; only HOME is added when it is missing, as every runtime does. */
  readonly env: Readonly<Record<string, string>>;
  /** Inside the root. */
  readonly cwd: string;
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. Default none. */
  readonly groups?: readonly number[];
  readonly readOnlyRoot: boolean;
  /** `none`: a network namespace with loopback only. `host`: the machine's network, only for `morsel run` when asked. */
  readonly network: Network;
  readonly mounts: readonly BindMount[];
  /** Folders of the run's own, which end with it. */
  readonly volumes?: readonly Volume[];
  /** Files of the run, over what the image has at these absolute paths: as docker's own of /etc, and in their place. */
  readonly files?: Readonly<Record<string, string>>;
  /** Trusted in this run beside those that the image trusts; `trustedIn` of the result says where. */
  readonly authority?: Authority;
  /** Seen by the program as its host's name and in /etc/hosts. Default `morsel`. */
  readonly hostname?: string;
  /** Infinity: no limit (`morsel run`). */
  readonly timeoutMs: number;
  /** Of each captured stream; what comes after is dropped, counted and does not stop the program. */
  readonly outputLimitBytes: number;
  /**
   * `inherit` gives the program this process's own stdin, stdout and stderr (`morsel run`); where the first two are a terminal,
   * a terminal of its own, which is connected with that one as by `docker run -it`. `terminal` gives it one without a user:
   * each text is typed when the program waits, and what is drawn is the result's `stdout`.
   */
  readonly stdio:
    | { readonly kind: 'capture'; readonly stdin?: string | Uint8Array }
    | { readonly kind: 'terminal'; readonly typed: readonly string[]; readonly size: WindowSize }
    | { readonly kind: 'inherit' };
  /**
   * File capabilities of the image, path → security.capability, which the unpacked files lack. A program whose file has
   * some, or is setuid or setgid, may gain what docker lets it gain, where the sandbox can allow that, and so may what it
   * executes; `notes` say which it was, and `unfaithful` where the program itself was run with less.
   */
  readonly capabilities?: ReadonlyMap<string, Uint8Array>;
  /** Files on `mounts`, by their place in the root, of which it is known that they have no capabilities: nobody asks. */
  readonly plainFiles?: ReadonlySet<string>;
  /** Files of the image that are setuid or setgid, with the owner that the image gives them. */
  readonly setIds?: ReadonlyMap<string, { readonly uid: number; readonly gid: number }>;
  /** `memoryBytes`: of the container where a cgroup can be made, else of each process's data (RLIMIT_DATA). */
  readonly limits: { readonly processes: number; readonly memoryBytes: number };
  /**
   * The system calls of the run are traced into a new file, which names what a program asked for. What is observed may
   * behave otherwise: it takes longer, cannot trace others, and a fault of PID 1 does not end it before its time. Verdicts come from runs that are not. Needs
   * `findTracer`. Errors: SANDBOX_MISSING, DISK_FULL, WRITE_FAILED.
   */
  readonly observe?: { readonly traceFile: string };
  readonly signal?: AbortSignal | undefined;
  /** Called when the container is set up and before the program is in it, which waits. Not where it cannot be set up. */
  readonly beforeStart?: (container: Pick<RunningContainer, 'listen' | 'exited'>) => Promise<void>;
  /** Called once the program runs: server checks join its network namespace, `morsel run` forwards signals. */
  readonly whileRunning?: (container: RunningContainer) => Promise<void>;
  /** Called when the program has ended; not when it was never started, or where this user may not look. */
  readonly afterwards?: (left: LeftRoot) => Promise<void>;
}

/** A host's file or directory seen inside the container; `target` is an absolute path in it. */
export interface BindMount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** As of `docker run -v NAME:TARGET`, but that its files are given. In memory, within what a program may write. */
export interface Volume {
  /** Absolute, in the container. */
  readonly target: string;
  /** By their paths in it, without `..`. */
  readonly files: Readonly<Record<string, string>>;
  readonly readOnly: boolean;
  /** Of the folder; it and its files belong to the program's user. */
  readonly mode: number;
}

/** A certificate authority. */
export interface Authority {
  readonly certificate: string;
  /** Files in which a program may look for authorities, absolute: it is put at the end of those that the image has. */
  readonly bundles: readonly string[];
}

/** A container's root as its program left it. */
export interface LeftRoot {
  /** By which it can be read until `afterwards` returns; nothing runs in it any more. */
  readonly path: string;
  /** Paths in it that were made for the run's mounts, and not by the program. */
  readonly made: readonly string[];
}

export interface RunningContainer {
  /** The host's pid of the container's PID 1. */
  readonly pid: number;
  /** Resolves when the program has ended; servers that die early fail their check at once. */
  readonly exited: Promise<void>;
  hasExited(): boolean;
  /** Sends a signal to the container's PID 1. */
  kill(signal: NodeJS.Signals | number): void;
  /** Whether PID 1 does not get this signal if it is sent now, nor later; false where it is not known. */
  drops(signal: number): boolean;
  /** Asks from inside the container's own network namespace, again and again until an answer comes or the time is over. */
  probe(request: ProbeRequest): Promise<ProbeResult>;
  /** The sockets of its network that accept connections; [] where that network is the machine's. */
  listening(): Promise<readonly ListeningSocket[]>;
  /**
   * Sockets of its own network, which this process serves; the caller closes them. Each on the first of its hosts that can be
   * had. Error: SANDBOX_FAILED.
   */
  listen(places: readonly ListenPlace[]): Promise<readonly ListeningHandle[]>;
  /** Whether a connection to one of them can be made; it is closed at once. */
  connects(socket: ListeningSocket): Promise<boolean>;
}

export type ProbeRequest =
  | { readonly kind: 'http'; readonly url: string; readonly timeoutMs: number }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly timeoutMs: number };

export type ProbeResult =
  | { readonly kind: 'http'; readonly status: number; readonly body: string }
  | { readonly kind: 'tcp' }
  | { readonly kind: 'failed'; readonly reason: string };

export interface RunResult {
  /** null when a signal ended the program, it was stopped at the time limit, or it was never started. */
  readonly exitCode: number | null;
  /** `SIGSEGV`. runc, crun and bwrap report signal N as 128+N, and so is an exit code of 129 to 159 read from them. */
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly droppedBytes: number;
  readonly elapsedMs: number;
  /** The program was never started. */
  readonly startFailure: StartFailure | null;
  /** What was different in this run, such as qemu for another architecture. */
  readonly notes: readonly string[];
  /** Of the sandbox's `isolation`, in the same words: what did not hold, as the program's file lets it gain privileges. */
  readonly lifted: readonly string[];
  /** Files to whose end the request's authority was put, in this run only. */
  readonly trustedIn: readonly string[];
  /** Where the program was not run as docker would run it, and why: what was seen of it then proves nothing. */
  readonly unfaithful: readonly string[];
  /** What a reader of the trace needs; null for a run that was not observed, or never came so far. */
  readonly observed: TracedRun | null;
}

/**
 * The trace is what strace(1) writes with -f -y, and is hostile bytes. It begins with the sandbox's own programs: the
 * program's first process is the one that asks for `marker`, and it starts with that process's next execve that succeeds.
 */
export interface TracedRun {
  /** An absolute path that is nowhere, random in each run, of letters that strace does not escape. */
  readonly marker: string;
  /** The first argument of that execve: the program's path as the kernel was given it, or an emulator's. */
  readonly startPath: string;
  /** Of the end of the trace, which is beyond the limit; 0 when it is whole. */
  readonly droppedBytes: number;
}

/** One sandbox tried on this machine: really run, not looked up by name. */
export interface SandboxTrial {
  readonly name: SandboxName;
  readonly sandbox: Sandbox | null;
  /** Why it cannot be used, and what would make it usable. */
  readonly failure: MorselError | null;
}
