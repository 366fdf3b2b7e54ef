import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { MorselError } from '../../src/core/errors.ts';
import { RunningServices } from '../../src/proof/services/running-services.ts';
import type { Services } from '../../src/proof/services/services.ts';
import {
  chooseSandbox,
  type ProbeRequest,
  type ProbeResult,
  type Readiness,
  type RunningContainer,
  type RunRequest,
  type RunResult,
  type SandboxName,
  waitUntilReady,
} from '../../src/sandbox/index.ts';

/**
 * A program of its own, so that the same runs can be made as root and as an ordinary user (`su`), with a clean
 * environment: reads a list of runs from a file, performs them in one sandbox, writes what came of each.
 */
export interface RunnerInput {
  readonly sandbox: SandboxName;
  readonly runs: Readonly<Record<string, PlannedRun>>;
  readonly outputPath: string;
}

export interface PlannedRun {
  readonly request: Omit<RunRequest, 'beforeStart' | 'whileRunning' | 'signal' | 'outputLimitBytes'> & {
    readonly outputLimitBytes?: number;
  };
  /** As in the request, but that can be written as JSON: values are hexadecimal. */
  readonly capabilities?: Readonly<Record<string, string>>;
  readonly setIds?: Readonly<Record<string, { readonly uid: number; readonly gid: number }>>;
  /** Are there before the program starts. */
  readonly services?: Services;
  readonly probe?: ProbeRequest;
  /** Waits until it is ready, so many milliseconds at most. */
  readonly readyWithinMs?: number;
  /** Sent after the probe, or once the program runs. */
  readonly kill?: NodeJS.Signals;
  readonly abortAfterMs?: number;
}

export interface RunnerOutput {
  readonly pid: number;
  readonly isolation: readonly string[];
  readonly results: Readonly<Record<string, RunOutcome>>;
}

export interface RunOutcome extends Omit<RunResult, 'stdout' | 'stderr'> {
  readonly stdout: string;
  readonly stderr: string;
  readonly probe: ProbeResult | null;
  readonly readiness: Readiness | null;
  /** What the program did to its services. */
  readonly servicesProblem: string | null;
  /** Code and message of the error that `run` ended with. */
  readonly error: string | null;
}

const AT_ONCE = 4;
const NO_RESULT = {
  exitCode: null,
  signal: null,
  timedOut: false,
  droppedBytes: 0,
  elapsedMs: 0,
  startFailure: null,
  notes: [],
  lifted: [],
  trustedIn: [],
  observed: null,
  unfaithful: [],
};

const input = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as RunnerInput;
const sandbox = await chooseSandbox({ prefer: input.sandbox });
const results: Record<string, RunOutcome> = {};
await performAll(Object.entries(input.runs));
const output: RunnerOutput = { pid: process.pid, isolation: sandbox.isolation, results };
writeFileSync(input.outputPath, JSON.stringify(output));

/** Most runs only wait. Those that use up the processes of their user would keep the others from starting. */
async function performAll(runs: readonly (readonly [string, PlannedRun])[]): Promise<void> {
  const isGreedy = ([name]: readonly [string, PlannedRun]): boolean => name.startsWith('forks');
  const pending = runs.filter((run) => !isGreedy(run)).reverse();
  const work = async (): Promise<void> => {
    for (let next = pending.pop(); next !== undefined; next = pending.pop())
      results[next[0]] = await perform(next[1]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  for (const [name, planned] of runs.filter(isGreedy)) results[name] = await perform(planned);
}

async function perform(planned: PlannedRun): Promise<RunOutcome> {
  const { request, capabilities = {}, setIds = {}, probe, readyWithinMs, kill, abortAfterMs } = planned;
  const controller = new AbortController();
  if (abortAfterMs !== undefined) setTimeout(() => controller.abort(), abortAfterMs);
  const services =
    planned.services === undefined ? null : await RunningServices.prepare(planned.services, request.env);
  let answer: ProbeResult | null = null;
  let readiness: Readiness | null = null;
  const observe = async (container: RunningContainer): Promise<void> => {
    if (probe !== undefined) answer = await container.probe(probe);
    if (readyWithinMs !== undefined) readiness = await waitUntilReady(container, readyWithinMs);
    // The program needs a moment to get from its start to what the signal is to interrupt.
    if (kill !== undefined) await sleep(200);
    if (kill !== undefined) container.kill(kill);
  };
  try {
    const result = await sandbox.run({
      outputLimitBytes: 100_000,
      ...request,
      capabilities: new Map(
        Object.entries(capabilities).map(([path, hex]) => [path, Buffer.from(hex, 'hex')]),
      ),
      setIds: new Map(Object.entries(setIds)),
      signal: controller.signal,
      ...(services === null
        ? {}
        : {
            files: services.files,
            beforeStart: (container: Pick<RunningContainer, 'listen'>) => services.start(container),
            ...(services.authority === null ? {} : { authority: services.authority }),
          }),
      ...(probe === undefined && kill === undefined && readyWithinMs === undefined
        ? {}
        : { whileRunning: (container) => observe(container) }),
    });
    return {
      ...result,
      stdout: result.stdout.toString('utf8'),
      stderr: result.stderr.toString('utf8'),
      probe: answer,
      readiness,
      servicesProblem: services?.problem ?? null,
      error: null,
    };
  } catch (error) {
    if (!(error instanceof MorselError)) throw error;
    return {
      ...NO_RESULT,
      stdout: '',
      stderr: '',
      probe: answer,
      readiness,
      servicesProblem: null,
      error: `${error.code}: ${error.message}`,
    };
  } finally {
    services?.close();
  }
}
