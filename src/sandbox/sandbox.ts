import type { MorselError } from '../core/errors.ts';

export type SandboxName = 'runc' | 'crun' | 'bwrap' | 'unshare';

/** A way to run a root directory with nothing of the host around it. */
export interface Sandbox {
  readonly name: SandboxName;
  /** What this sandbox really isolates here: shown in the receipt. */
  readonly isolation: readonly string[];
  run(request: RunRequest): Promise<RunResult>;
}

/** One container to run. The root directory is the unpacked image and nothing else. */
export interface RunRequest {
  /** Absolute path of the unpacked image; never modified when `readOnlyRoot`. */
  readonly root: string;
  readonly argv: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Inside the root. */
  readonly cwd: string;
  readonly uid: number;
  readonly gid: number;
  readonly readOnlyRoot: boolean;
  /** `none`: a network namespace with loopback only. `host`: the machine's network, only for `morsel run` when asked. */
  readonly network: 'none' | 'host';
  readonly mounts: readonly Mount[];
  /** Hostname in the container and content of /etc/hosts are the sandbox's matter, as docker injects them. */
  readonly timeoutMs: number;
  /** Of each captured stream; what comes after is dropped, counted and does not stop the program. */
  readonly outputLimitBytes: number;
  /** `inherit` gives the program this process's own stdin, stdout and stderr (`morsel run`). */
  readonly stdio: { readonly kind: 'capture'; readonly stdin?: string } | { readonly kind: 'inherit' };
  readonly limits: { readonly processes: number; readonly memoryBytes: number };
  readonly signal?: AbortSignal | undefined;
  /** Called once the program runs, with the host's pid of its init: server checks join its network namespace. */
  readonly whileRunning?: (container: RunningContainer) => Promise<void>;
}

export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export interface RunningContainer {
  readonly pid: number;
  /** Resolves when the program has ended; servers that die early fail their check at once. */
  readonly exited: Promise<void>;
  /** Sends one request from inside the container's own network namespace. */
  probe(request: ProbeRequest): Promise<ProbeResult>;
}

export type ProbeRequest =
  | { readonly kind: 'http'; readonly url: string; readonly timeoutMs: number }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly timeoutMs: number };

export type ProbeResult =
  | { readonly kind: 'http'; readonly status: number; readonly body: string }
  | { readonly kind: 'tcp' }
  | { readonly kind: 'failed'; readonly reason: string };

export interface RunResult {
  /** null when a signal ended the program, or it was still alive at the time limit. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly droppedBytes: number;
  readonly elapsedMs: number;
  /** The program was never started: the runtime's own words, such as `exec /hello: no such file or directory`. */
  readonly startFailure: string | null;
}

/** One sandbox tried on this machine: really run, not looked up by name. */
export interface SandboxTrial {
  readonly name: SandboxName;
  readonly sandbox: Sandbox | null;
  /** Why it cannot be used, and what would make it usable. */
  readonly failure: MorselError | null;
}
