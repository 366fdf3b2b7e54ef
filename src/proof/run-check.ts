import { createHash } from 'node:crypto';
import { findFailureWords, isOfLinkage, isUsage, KEPT_BYTES, type Outcome } from '../control/index.ts';
import { directoryTree } from '../rootfs/index.ts';
import {
  type BindMount,
  type LeftRoot,
  type RunRequest,
  type RunResult,
  type Sandbox,
  socketName,
} from '../sandbox/index.ts';
import { type Check, portOf } from './check.ts';
import { startOf } from './default-check.ts';
import { explainFailedStart } from './explain-failure.ts';
import { dockerExitCode, firstLineOf, judgeCommand, judgeEnd, judgeOutput, judgingTime } from './judge.ts';
import {
  describeAdded,
  environmentOf,
  requestOfConditions,
  withServices,
} from './conditions/apply-conditions.ts';
import { StopTrial } from './conditions/stop-trial.ts';
import { ToldToEnd } from './conditions/told-to-end.ts';
import { digestWritten } from './digest-written.ts';
import { findLoaderError, lackedDriver } from './loader-error.ts';
import type { JudgingTime } from './pattern.ts';
import type { ListeningPort } from './proof.ts';
import { argvOf, type RuntimeConfiguration } from './runtime-configuration.ts';
import { ServerExamination } from './server-examination.ts';
import type { RunningServices } from './services/running-services.ts';
import { STOP_GRACE_MS } from './stop-container.ts';
import { OBSERVED_FACTOR, StartExamination } from './start-examination.ts';

/** More than a server of a few hundred threads needs, few enough that a fork bomb leaves the machine usable. */
const LIMITS: RunRequest['limits'] = { processes: 1024, memoryBytes: 4 * 1024 * 1024 * 1024 };

/**
 * `start-only` is the check of a program that has none: it starts, and does not die of it. `program`: by its path in the
 * image, without arguments; null: as the image starts its own.
 */
export type Examination =
  | { readonly kind: 'check'; readonly check: Check }
  | { readonly kind: 'start-only'; readonly program: string | null };

/** Where a check is run: the image, or the control's root. */
export interface CheckPlace {
  readonly sandbox: Sandbox;
  readonly image: RuntimeConfiguration;
  readonly root: string;
  readonly mounts: readonly BindMount[];
  readonly capabilities?: RunRequest['capabilities'] | undefined;
  readonly setIds?: RunRequest['setIds'] | undefined;
  readonly plainFiles?: RunRequest['plainFiles'] | undefined;
  readonly signal: AbortSignal | undefined;
}

export interface CheckRun extends CheckPlace {
  readonly readOnlyRoot: boolean;
  /** Only to compare with: how a server ends is not asked. */
  readonly isControl?: boolean;
  readonly afterwards?: (left: LeftRoot) => Promise<void>;
  readonly observe?: RunRequest['observe'];
}

/** One run of one check, judged by what the check itself expects. */
export interface RanCheck {
  readonly check: Check;
  readonly argv: readonly string[];
  readonly outcome: Outcome;
  /** Everything that is wrong with it; []: it does what the check expects. */
  readonly problems: readonly string[];
  /** As `docker run` gives it; null when it was stopped or never started. */
  readonly dockerExitCode: number | null;
  /** What a server answered, in words; null for other checks. */
  readonly answered: string | null;
  /** On what a program that was only started takes connections, in words; null where it does not. */
  readonly listens: string | null;
  /** The same as an address of TCP, also of a server that has answered its check. */
  readonly port: ListeningPort | null;
  /** The first line of what it said, of stderr before stdout; null when it was silent. */
  readonly firstLine: string | null;
  /** Its line that tells of a failure; null when there is none. */
  readonly failureWords: string | null;
  /** Whether that failure may depend on how the program is linked. */
  readonly mayBeOfLinkage: boolean;
  /** The driver's library without which it does not start, and which no image has; null where it is not that. */
  readonly lacksDriver: string | null;
  /** It says no more than how it is to be called. */
  readonly isUsage: boolean;
  readonly stdoutSha256: string | null;
  readonly elapsedMs: number;
  readonly notes: readonly string[];
  /** What was around it that is not the image's, in words. */
  readonly added: readonly string[];
  /** As in `RunResult`. */
  readonly lifted: readonly string[];
  /** As in `RunResult`: in what the run was another than that of the image as written. */
  readonly unfaithful: readonly string[];
  readonly observed: RunResult['observed'];
  /** A server was told to stop: whether it did. null for other checks. */
  readonly stoppedBySignal: boolean | null;
  /** A writable root could help: not when it never started, nor when the time was over, as it would be again. */
  readonly mayNeedWriting: boolean;
}

/** Runs one check once. Errors: those of `Sandbox.run`, and CONFIG_INVALID for a check with nothing to run. */
export async function runCheck(examination: Examination, run: CheckRun): Promise<RanCheck> {
  const check = checkOf(examination);
  const { services } = check.conditions;
  if (services === null) return runAmid(null, examination, check, run);
  const { RunningServices } = await import('./services/running-services.ts');
  const running = await RunningServices.prepare(services, environmentOf(check, run.image));
  try {
    return await runAmid(running, examination, check, run);
  } finally {
    running.close();
  }
}

/** Who looks at the program while it runs; null for what has no business there. */
interface Observers {
  readonly server: ServerExamination | null;
  readonly start: StartExamination | null;
  readonly trial: StopTrial | null;
  readonly told: ToldToEnd | null;
}

function observersOf(examination: Examination, check: Check, run: CheckRun): Observers {
  const { stop } = check.conditions;
  const { stopSignal } = run.image;
  const isObserved = run.observe !== undefined;
  const trial = stop === null ? null : new StopTrial(stop);
  return {
    trial,
    server: check.kind === 'server' ? new ServerExamination(check, stopSignal, run.signal, trial) : null,
    start:
      examination.kind === 'start-only'
        ? new StartExamination(run.isControl === true ? null : stopSignal, isObserved)
        : null,
    told: check.kind === 'command' && trial !== null ? new ToldToEnd(trial, isObserved) : null,
  };
}

async function runAmid(
  services: RunningServices | null,
  examination: Examination,
  check: Check,
  run: CheckRun,
): Promise<RanCheck> {
  const argv = argvOf(check, run.image);
  const observers = observersOf(examination, check, run);
  const { server, start } = observers;
  let written: Outcome['written'] = null;
  const afterwards = async (left: LeftRoot): Promise<void> => {
    written = await digestWritten(left.path, run.signal);
    await run.afterwards?.(left);
  };
  // To a root that is only read nothing is left.
  const looked = run.readOnlyRoot ? run : { ...run, afterwards };
  const request = runRequest(check, argv, looked, server ?? start ?? observers.told);
  const ended = await run.sandbox.run({
    ...request,
    ...requestOfConditions(check.conditions, services, request.timeoutMs),
  });
  const time = judgingTime(check, ended, run.signal);
  const problems =
    (await failedStart(run, argv, check, ended, time)) ??
    withServices(await problemsOf(check, ended, observers, time), services, ended);
  const failureWords = findFailureWords(ended);
  return {
    check,
    argv,
    outcome: { ...outcomeOf(ended, observers), written },
    problems,
    dockerExitCode: dockerExitCode(ended),
    answered: server === null ? null : server.answered,
    listens: start?.socket == null ? null : `${socketName(start.socket)} after ${start.readyMs} ms`,
    port: listeningPort(check, problems, start),
    firstLine: firstLineOf(ended),
    failureWords,
    mayBeOfLinkage: failureWords !== null && isOfLinkage(failureWords),
    lacksDriver: lackedDriver(ended),
    isUsage: isUsage(ended),
    stdoutSha256:
      server === null && start?.socket == null
        ? createHash('sha256').update(ended.stdout).digest('hex')
        : null,
    elapsedMs: Math.round(ended.elapsedMs),
    notes: ended.notes,
    added: describeAdded(check.conditions, ended),
    lifted: ended.lifted,
    unfaithful: ended.unfaithful,
    observed: ended.observed,
    stoppedBySignal: server?.stoppedBySignal ?? start?.stoppedBySignal ?? null,
    mayNeedWriting: !ended.timedOut && ended.startFailure === null && server?.isSilent !== true,
  };
}

function listeningPort(
  check: Check,
  problems: readonly string[],
  start: StartExamination | null,
): ListeningPort | null {
  const socket = start?.socket ?? null;
  if (socket !== null)
    return socket.family === 'unix' ? null : { address: socket.address, port: socket.port };
  if (check.kind !== 'server' || problems.length > 0) return null;
  return { address: null, port: portOf(check.request) };
}

export function checkOf(examination: Examination): Check {
  return examination.kind === 'check' ? examination.check : startOf(examination.program);
}

function outcomeOf(ended: RunResult, { server, start, trial }: Observers): Omit<Outcome, 'written'> {
  const code = dockerExitCode(ended);
  const wasKilled = server === null && trial?.hasEnded === false;
  const wasStopped = start?.wasStopped ?? (wasKilled || (server !== null && server.stoppedBySignal !== null));
  return {
    exitCode: code !== null && ended.signal === null && !wasStopped ? code : null,
    signal: wasStopped ? null : ended.signal,
    startFailure: ended.startFailure?.message ?? null,
    isAlive: ended.timedOut || wasStopped,
    stdout: ended.stdout,
    stderr: ended.stderr,
    answer: server?.answer ?? null,
    isListening: start === null ? null : start.socket !== null,
  };
}

/** With nothing of this machine around it; a server has time to stop beside that of its check. */
function runRequest(
  check: Check,
  argv: readonly string[],
  run: CheckRun,
  observer: Pick<ServerExamination, 'examine'> | null,
): RunRequest {
  const { root, mounts, image, readOnlyRoot, signal, capabilities, setIds, plainFiles, afterwards, observe } =
    run;
  const { cwd, uid, gid, groups } = image;
  const stopMs = (check.conditions.stop?.withinSeconds ?? 0) * 1000;
  const graceMs = observer === null ? 0 : STOP_GRACE_MS * 2 + stopMs;
  return {
    root,
    argv,
    cwd,
    uid,
    gid,
    groups,
    env: environmentOf(check, image),
    readOnlyRoot,
    network: 'none',
    mounts,
    timeoutMs: check.timeoutSeconds * 1000 * (observe === undefined ? 1 : OBSERVED_FACTOR) + graceMs,
    outputLimitBytes: KEPT_BYTES,
    stdio: check.stdin === null ? { kind: 'capture' } : { kind: 'capture', stdin: check.stdin },
    limits: LIMITS,
    ...(capabilities === undefined ? {} : { capabilities }),
    ...(setIds === undefined ? {} : { setIds }),
    ...(plainFiles === undefined ? {} : { plainFiles }),
    signal,
    ...(observer === null ? {} : { whileRunning: (container) => observer.examine(container) }),
    ...(afterwards === undefined ? {} : { afterwards }),
    ...(observe === undefined ? {} : { observe }),
  };
}

/** What kept the program from starting, explained; null when it did start. */
async function failedStart(
  run: CheckRun,
  argv: readonly string[],
  check: Check,
  ended: RunResult,
  time: JudgingTime,
): Promise<readonly string[] | null> {
  const loader = ended.startFailure === null ? findLoaderError(ended) : null;
  const failure = loader === null ? ended.startFailure : ({ kind: 'loader', message: loader } as const);
  if (failure === null) return null;
  // A check may look for just this failure.
  if (loader !== null && check.kind === 'command' && (await judgeCommand(check, ended, time)).length === 0)
    return [];
  const { cwd, uid, gid } = run.image;
  const env = environmentOf(check, run.image);
  return [explainFailedStart(directoryTree(run.root), { argv, cwd, env, user: { uid, gid }, failure })];
}

async function problemsOf(
  check: Check,
  ended: RunResult,
  { server, start, told, trial }: Observers,
  time: JudgingTime,
): Promise<readonly string[]> {
  if (start !== null) {
    const problem = start.wasStopped ? null : judgeEnd(ended);
    return problem === null ? [] : [problem];
  }
  if (told !== null && trial !== null)
    return [...listed(trial.problem(ended)), ...(await judgeOutput(check, ended, time))];
  if (check.kind === 'command') return judgeCommand(check, ended, time);
  return [...(server?.problems(ended) ?? []), ...(await judgeOutput(check, ended, time))];
}

const listed = (problem: string | null): readonly string[] => (problem === null ? [] : [problem]);
