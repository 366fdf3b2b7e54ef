import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SANDBOXES, type SandboxName } from '../core/choices.ts';
import { MorselError } from '../core/errors.ts';
import { DOCTOR_HINT } from '../core/hints.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../core/temporary-folder.ts';
import type { Driver, Mode } from './container/container-plan.ts';
import { DRIVERS } from './drivers/drivers.ts';
import { findTool } from '../core/find-tool.ts';
import { possibleIdentities } from './prepare/identity.ts';
import { isolationOf, lacksOf, particularsOf } from './isolation.ts';
import { assembleProgram } from './launcher/assemble-program.ts';
import { toolMissing } from './require-tool.ts';
import { runContainer } from './container/run-container.ts';
import type { RunRequest, RunResult, Sandbox, SandboxTrial } from './sandbox.ts';
import { RememberedMode } from './remembered-mode.ts';
import { requireMachine } from './sandbox-machine.ts';

/** The trial program prints one word; a sandbox that needs longer hangs. */
const TRIAL_TIMEOUT_MS = 10_000;
const TRIAL_OUTPUT = 'tried\n';

export interface TrySandboxesOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Really runs a tiny program in each sandbox, in each way that it could be used here, and says what came of it. */
export async function trySandboxes(options: TrySandboxesOptions = {}): Promise<SandboxTrial[]> {
  return withTrialRoot(async (root) => {
    const trials: SandboxTrial[] = [];
    for (const name of SANDBOXES) trials.push(await trySandbox(DRIVERS[name], root, options));
    return trials;
  });
}

export interface ChooseSandboxOptions extends TrySandboxesOptions {
  /** Only this one will do. */
  readonly prefer?: SandboxName | undefined;
  /** Absolute; morsel's cache, in which it is remembered what worked: that one is not tried again. */
  readonly cacheDirectory?: string | undefined;
}

/**
 * The first sandbox that works here and gives everything that a sandbox is to give; the one that is asked for by name
 * may lack something, which its `lacks` and `isolation` say. Errors: SANDBOX_MISSING with the reason of each.
 */
export async function chooseSandbox(options: ChooseSandboxOptions = {}): Promise<Sandbox> {
  const { prefer, cacheDirectory } = options;
  const memory = cacheDirectory === undefined ? null : new RememberedMode(cacheDirectory);
  const remembered = memory === null ? null : rememberedSandbox(memory, prefer);
  if (remembered !== null) return remembered;
  const names = SANDBOXES.filter((name) => prefer === undefined || name === prefer);
  return withTrialRoot(async (root) => {
    const failures: MorselError[] = [];
    for (const name of names) {
      const { sandbox, mode, failure } = await tryDriver(DRIVERS[name], root, options);
      if (sandbox !== null && (prefer !== undefined || sandbox.lacks.length === 0)) {
        if (prefer === undefined && mode !== null) memory?.keep({ name, mode });
        return sandbox;
      }
      failures.push(failure ?? lacking(sandbox));
    }
    throw new MorselError(
      'SANDBOX_MISSING',
      `no sandbox works here: ${failures.map((one) => one.message).join('; ')}`,
      {
        hint: failures[0]?.hint ?? DOCTOR_HINT,
        cause: failures[0],
      },
    );
  });
}

/** The one that worked before under the same circumstances; it is tried again after it has failed once. */
function rememberedSandbox(memory: RememberedMode, prefer: SandboxName | undefined): Sandbox | null {
  const kept = memory.get();
  const name = SANDBOXES.find((one) => one === kept?.name);
  if (kept === null || name === undefined || (prefer !== undefined && prefer !== name)) return null;
  const driver = DRIVERS[name];
  const mode = driver.modes(possibleIdentities()).find((one) => JSON.stringify(one) === kept.mode);
  if (mode === undefined || lacksOf(mode).length > 0) return null;
  const sandbox = bindDriver(driver, mode);
  const run = async (request: RunRequest): Promise<RunResult> => {
    try {
      return await sandbox.run(request);
    } catch (error) {
      if (error instanceof MorselError && error.code.startsWith('SANDBOX_')) memory.forget();
      throw error;
    }
  };
  return { ...sandbox, run };
}

interface DriverTrial extends SandboxTrial {
  /** In which it worked. */
  readonly mode: Mode | null;
}

async function trySandbox(driver: Driver, root: string, options: TrySandboxesOptions): Promise<SandboxTrial> {
  const { name, sandbox, failure } = await tryDriver(driver, root, options);
  return { name, sandbox, failure };
}

async function tryDriver(
  driver: Driver,
  root: string,
  { signal }: TrySandboxesOptions,
): Promise<DriverTrial> {
  const { name } = driver;
  const failed = (failure: MorselError): DriverTrial => ({ name, sandbox: null, mode: null, failure });
  const missing = driver.tools.filter((tool) => findTool(tool) === null);
  if (missing.length > 0) return failed(toolMissing(missing.join(' and ')));
  const modes = driver.modes(possibleIdentities());
  let reason = `${name} needs root, or subordinate ids: newuidmap (package uidmap) and a line for this user in /etc/subuid`;
  for (const mode of modes) {
    const failure = await tryMode(driver, mode, root, signal);
    if (failure === null) return { name, sandbox: bindDriver(driver, mode), mode, failure: null };
    reason = failure;
  }
  const hint =
    modes.length === 0
      ? 'run as root, or add the user to /etc/subuid and /etc/subgid'
      : 'allow user namespaces for this user, or run as root';
  return failed(new MorselError('SANDBOX_FAILED', reason, { hint }));
}

/** Null when the trial program ran, was seen and ended well. */
async function tryMode(
  driver: Driver,
  mode: Mode,
  root: string,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  try {
    const result = await runContainer(driver, mode, trialRequest(root, signal));
    if (result.exitCode === 0 && result.stdout.toString('utf8') === TRIAL_OUTPUT) return null;
    if (result.timedOut) return `${driver.name} hung`;
    return `${driver.name}: ${result.startFailure?.message ?? `the trial program ended with ${result.signal ?? result.exitCode}`}`;
  } catch (error) {
    if (error instanceof MorselError && error.code !== 'INTERRUPTED') return error.message;
    throw error;
  }
}

function lacking(sandbox: Sandbox | null): MorselError {
  const { name = '', lacks = [] } = sandbox ?? {};
  return new MorselError('SANDBOX_FAILED', `${name} works, but ${lacks.join(', ')}`, {
    hint: `if that is enough for this program, ask for it: --sandbox ${name}`,
  });
}

function bindDriver(driver: Driver, mode: Mode): Sandbox {
  return {
    name: driver.name,
    isolation: isolationOf(mode),
    particulars: particularsOf(mode),
    lacks: lacksOf(mode),
    run: (request) => runContainer(driver, mode, request),
  };
}

function trialRequest(root: string, signal: AbortSignal | undefined): RunRequest {
  return {
    root,
    argv: ['/trial'],
    env: {},
    cwd: '/',
    uid: 65532,
    gid: 65532,
    readOnlyRoot: true,
    network: 'none',
    mounts: [],
    timeoutMs: TRIAL_TIMEOUT_MS,
    outputLimitBytes: 4096,
    stdio: { kind: 'capture' },
    signal,
    limits: {
      processes: 64,
      memoryBytes: 256 * 1024 * 1024,
    },
  };
}

/** A root with one file: a static program, written here, that prints a word. */
async function withTrialRoot<T>(work: (root: string) => Promise<T>): Promise<T> {
  const machine = requireMachine();
  const folder = makeTemporaryFolder('trial');
  const root = join(folder, 'root');
  try {
    mkdirSync(root);
    // The program's user must be able to look into its `/`.
    chmodSync(root, 0o755);
    const steps = [
      { name: 'print', call: 'write', args: [1, TRIAL_OUTPUT, TRIAL_OUTPUT.length] },
      { name: 'leave', call: 'exit_group', args: [0] },
    ] as const;
    writeFileSync(join(root, 'trial'), assembleProgram(machine, steps, { fd: 2, firstStep: 0 }), {
      mode: 0o755,
    });
    return await work(root);
  } finally {
    removeTemporaryFolder(folder);
  }
}
