import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { isatty } from 'node:tty';
import { MorselError } from '../core/errors.ts';
import { WORD_HINT } from '../core/hints.ts';
import type { EventSink } from '../core/events.ts';
import { findingEvent } from '../core/finding.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../core/temporary-folder.ts';
import { parseNumericUser, USER_HINT } from '../core/user-ids.ts';
import { lackFinding, type RuntimeConfiguration, runtimeConfiguration } from '../proof/index.ts';
import { checkImageDirectory, directoryTree } from '../rootfs/index.ts';
import { type ImageConfig, parsePlatform } from '../oci/index.ts';
import { withImage } from '../places/index.ts';
import { type UnpackedImage, unpackImage } from '../layers/index.ts';
import {
  type BindMount,
  chooseSandbox,
  type RunRequest,
  type RunResult,
  type StartFailure,
} from '../sandbox/index.ts';
import { type SandboxName, type Network } from '../core/choices.ts';

export interface RunImageOptions {
  /** Archive or OCI layout, with `:NAME` where it holds several images. */
  readonly path: string;
  /** Of an index, the image for this platform, as `linux/arm64`. Default: this machine's. */
  readonly platform?: string | undefined;
  /** Replace the image's Cmd, as `docker run IMAGE ARGS` does. */
  readonly args?: readonly string[] | undefined;
  readonly entrypoint?: readonly string[] | undefined;
  /** `SRC:DST[:ro]` */
  readonly mounts?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly workdir?: string | undefined;
  /** `UID[:GID]` */
  readonly user?: string | undefined;
  readonly network?: Network | undefined;
  readonly readOnlyRoot?: boolean | undefined;
  readonly sandbox?: SandboxName | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: EventSink | undefined;
  /** Called once the program runs, with the way to send it a signal: Ctrl-C does not reach a container by itself. */
  readonly onStarted?: ((kill: (signal: NodeJS.Signals) => void) => void) | undefined;
}

export interface RunImageResult {
  /** The program's own; 128 + N for signal N; 126 and 127 as `docker run` has them. */
  readonly exitCode: number;
  /** Why the program was not started, in words; null when it was. */
  readonly failure: string | null;
  /** What was started, or should have been. */
  readonly argv: readonly string[];
}

/** docker's own limits are none; these only keep a fork bomb from taking the machine along. */
const PROCESS_LIMIT = 4096;

/**
 * Runs an image with this process's own stdin, stdout and stderr. Errors: those of reading the image, which is
 * IMAGE_INVALID too where no engine would start it; USAGE; NOT_FOUND for the source of a mount; SANDBOX_MISSING;
 * SANDBOX_FAILED; INTERRUPTED. The caller maps them to 125.
 */
export async function runImage(options: RunImageOptions): Promise<RunImageResult> {
  checkOptions(options);
  const folder = makeTemporaryFolder('run');
  // Not the folder itself: that one is private (0700), and the program runs as another user.
  const root = join(folder, 'root');
  try {
    const { config, capabilities, setIds } = await unpack(options, root);
    const sandbox = await chooseSandbox({ prefer: options.sandbox, signal: options.signal });
    for (const lack of sandbox.lacks) options.onEvent?.(findingEvent(lackFinding(lack)));
    const request = requestFor(options, config, root);
    const result = await sandbox.run({ ...request, capabilities, setIds });
    for (const message of result.notes) options.onEvent?.({ kind: 'finding', level: 'info', message });
    return { ...outcomeOf(result), argv: request.argv };
  } finally {
    removeTemporaryFolder(folder);
  }
}

async function unpack(
  { path, platform: asked, signal }: RunImageOptions,
  root: string,
): Promise<Pick<UnpackedImage, 'capabilities' | 'setIds'> & { readonly config: ImageConfig }> {
  const platform = asked === undefined ? undefined : parsePlatform(asked);
  return withImage(path, { signal, platform }, async (image) => {
    const { capabilities, setIds } = await unpackImage(image, root, { signal });
    return { capabilities, setIds, config: image.config };
  });
}

function requestFor(options: RunImageOptions, config: ImageConfig, root: string): RunRequest {
  const image = overlaid(options, config, root);
  const entrypoint = options.entrypoint ?? image.entrypoint;
  // docker run: arguments replace Cmd, and another entrypoint drops it.
  const given = options.args ?? [];
  const args = given.length > 0 || options.entrypoint !== undefined ? given : image.cmd;
  const argv = [...entrypoint, ...args];
  if (argv.length === 0) {
    throw new MorselError('USAGE', 'the image has no entrypoint and no command', {
      hint: 'name a program of the image: morsel run IMAGE -- /PROGRAM',
    });
  }
  return {
    root,
    argv,
    env: { ...terminalEnvironment(), ...image.env, ...options.env },
    cwd: image.cwd,
    uid: image.uid,
    gid: image.gid,
    groups: image.groups,
    readOnlyRoot: options.readOnlyRoot ?? false,
    network: options.network ?? 'none',
    mounts: (options.mounts ?? []).map(parseMount),
    timeoutMs: Infinity,
    outputLimitBytes: 0,
    stdio: { kind: 'inherit' },
    limits: { processes: PROCESS_LIMIT, memoryBytes: Infinity },
    signal: options.signal,
    whileRunning: async (container) => {
      options.onStarted?.((signal) => container.kill(signal));
    },
  };
}

/** As `docker run -t` has it, for a program that has this terminal. */
function terminalEnvironment(): Readonly<Record<string, string>> {
  return isatty(0) && isatty(1) ? { TERM: 'xterm' } : {};
}

/** What is given replaces what the image has, which may be wrong then. */
function overlaid(
  { user, workdir }: RunImageOptions,
  { config }: ImageConfig,
  root: string,
): RuntimeConfiguration {
  const given = {
    ...(user !== undefined && { User: user }),
    ...(workdir !== undefined && { WorkingDir: workdir }),
  };
  return runtimeConfiguration({ config: { ...config, ...given } }, directoryTree(root));
}

/** Before anything is unpacked. Error: USAGE. */
function checkOptions({ user, workdir, env = {}, entrypoint = [], args = [] }: RunImageOptions): void {
  if (user !== undefined && parseNumericUser(user) === null) {
    throw new MorselError('USAGE', `--user ${JSON.stringify(user)} is not UID[:GID]`, { hint: USER_HINT });
  }
  if (workdir !== undefined) checkImageDirectory(workdir);
  const words = [...Object.entries(env).flat(), ...entrypoint, ...args];
  if (words.some((word) => word.includes('\0'))) {
    throw new MorselError('USAGE', 'a word or an environment variable contains a NUL', {
      hint: WORD_HINT,
    });
  }
}

function outcomeOf(result: RunResult): Omit<RunImageResult, 'argv'> {
  if (result.startFailure !== null) {
    return { exitCode: startFailureCode(result.startFailure), failure: result.startFailure.message };
  }
  if (result.exitCode !== null) return { exitCode: result.exitCode, failure: null };
  return { exitCode: 128 + signalNumber(result.signal), failure: null };
}

/** moby daemon/errors.go, setExitCodeFromError: 127 where nothing is found, 126 for what is there and cannot be run. */
function startFailureCode(failure: StartFailure): 126 | 127 {
  if (failure.kind === 'no-command') return 126;
  return failure.errno === 'ENOENT' || failure.errno === 'ENOTDIR' ? 127 : 126;
}

function signalNumber(name: string | null): number {
  return name === null ? 9 : (constants.signals[name as NodeJS.Signals] ?? 9);
}

function parseMount(text: string): BindMount {
  const match = /^(.+?):(\/[^:]*)(?::(ro|rw))?$/.exec(text);
  if (match === null) {
    throw new MorselError('USAGE', `-v "${text}" is not SRC:DST[:ro]`, {
      hint: 'give it as in -v "$PWD":/data:ro; DST is absolute',
    });
  }
  const [, source = '', target = '', mode] = match;
  return { source: resolve(source), target, readOnly: mode === 'ro' };
}
