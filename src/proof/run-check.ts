import { createHash } from 'node:crypto';
import { findFailureWords, isUsage, type Outcome } from '../control/index.ts';
import { directoryTree } from '../rootfs/index.ts';
import type { BindMount, LeftRoot, RunRequest, RunResult, Sandbox } from '../sandbox/index.ts';
import type { Check } from './check.ts';
import { START_ONLY } from './default-check.ts';
import { explainFailedStart } from './explain-failure.ts';
import { dockerExitCode, firstLineOf, judgeCommand, judgeEnd, judgeOutput, judgingTime } from './judge.ts';
import { digestWritten } from './digest-written.ts';
import { findLoaderError } from './loader-error.ts';
import type { JudgingTime } from './pattern.ts';
import { argvOf, type RuntimeConfiguration } from './runtime-configuration.ts';
import { ServerExamination, STOP_GRACE_MS } from './server-examination.ts';

/** Kept of each stream of a program. */
const OUTPUT_LIMIT_BYTES = 1024 * 1024;
/** More than a server of a few hundred threads needs, few enough that a fork bomb leaves the machine usable. */
const LIMITS: RunRequest['limits'] = { processes: 1024, memoryBytes: 4 * 1024 * 1024 * 1024 };

/** `start-only` is the check of an image that has none: it starts, and does not die of it. */
export type Examination = { readonly kind: 'check'; readonly check: Check } | { readonly kind: 'start-only' };

/** Where a check is run: the image, or the control's root. */
export interface CheckPlace {
  readonly sandbox: Sandbox;
  readonly image: RuntimeConfiguration;
  readonly root: string;
  readonly mounts: readonly BindMount[];
  readonly capabilities?: ReadonlyMap<string, Uint8Array> | undefined;
  readonly signal: AbortSignal | undefined;
}

export interface CheckRun extends CheckPlace {
  readonly readOnlyRoot: boolean;
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
  /** What a server answered, in words; null for other checks. */
  readonly answered: string | null;
  /** The first line of what it said, of stderr before stdout; null when it was silent. */
  readonly firstLine: string | null;
  /** Its line that tells of a failure; null when there is none. */
  readonly failureWords: string | null;
  /** It says no more than how it is to be called. */
  readonly isUsage: boolean;
  readonly stdoutSha256: string | null;
  readonly elapsedMs: number;
  readonly notes: readonly string[];
  /** As in `RunResult`. */
  readonly lifted: readonly string[];
  readonly observed: RunResult['observed'];
  /** A server was told to stop: whether it did. null for other checks. */
  readonly stoppedBySignal: boolean | null;
  /** A writable root could help: not when it never started, nor when the time was over, as it would be again. */
  readonly mayNeedWriting: boolean;
}

/** Runs one check once. Errors: those of `Sandbox.run`, and CONFIG_INVALID for a check with nothing to run. */
export async function runCheck(examination: Examination, run: CheckRun): Promise<RanCheck> {
  const check = checkOf(examination);
  const argv = argvOf(check, run.image);
  const server =
    check.kind === 'server' ? new ServerExamination(check, run.image.stopSignal, run.signal) : null;
  let written: Outcome['written'] = null;
  const afterwards = async (left: LeftRoot): Promise<void> => {
    written = await digestWritten(left.path, run.signal);
    await run.afterwards?.(left);
  };
  // To a root that is only read nothing is left.
  const looked = run.readOnlyRoot ? run : { ...run, afterwards };
  const ended = await run.sandbox.run(runRequest(check, argv, looked, server));
  const time = judgingTime(check, ended, run.signal);
  const problems =
    (await failedStart(run, argv, check, ended, time)) ??
    (await problemsOf(examination, check, ended, server, time));
  return {
    check,
    argv,
    outcome: { ...outcomeOf(ended, server), written },
    problems,
    answered: server === null ? null : server.answered,
    firstLine: firstLineOf(ended),
    failureWords: findFailureWords(ended),
    isUsage: isUsage(ended),
    stdoutSha256: server === null ? createHash('sha256').update(ended.stdout).digest('hex') : null,
    elapsedMs: Math.round(ended.elapsedMs),
    notes: ended.notes,
    lifted: ended.lifted,
    observed: ended.observed,
    stoppedBySignal: server?.stoppedBySignal ?? null,
    mayNeedWriting: !ended.timedOut && ended.startFailure === null && server?.isSilent !== true,
  };
}

export function checkOf(examination: Examination): Check {
  return examination.kind === 'check' ? examination.check : START_ONLY;
}

function outcomeOf(ended: RunResult, server: ServerExamination | null): Omit<Outcome, 'written'> {
  const code = dockerExitCode(ended);
  const wasStopped = server !== null && server.stoppedBySignal !== null;
  return {
    exitCode: code !== null && ended.signal === null && !wasStopped ? code : null,
    signal: wasStopped ? null : ended.signal,
    startFailure: ended.startFailure?.message ?? null,
    isAlive: ended.timedOut || wasStopped,
    stdout: ended.stdout,
    stderr: ended.stderr,
    answer: server?.answer ?? null,
    isListening: null,
  };
}

/** With nothing of this machine around it; a server has time to stop beside that of its check. */
function runRequest(
  check: Check,
  argv: readonly string[],
  run: CheckRun,
  server: ServerExamination | null,
): RunRequest {
  const { root, mounts, image, readOnlyRoot, signal, capabilities, afterwards, observe } = run;
  const { cwd, uid, gid } = image;
  const graceMs = server === null ? 0 : STOP_GRACE_MS * 2;
  return {
    root,
    argv,
    cwd,
    uid,
    gid,
    env: { ...image.env, ...check.env },
    readOnlyRoot,
    network: 'none',
    mounts,
    timeoutMs: check.timeoutSeconds * 1000 + graceMs,
    outputLimitBytes: OUTPUT_LIMIT_BYTES,
    stdio: check.stdin === null ? { kind: 'capture' } : { kind: 'capture', stdin: check.stdin },
    limits: LIMITS,
    ...(capabilities === undefined ? {} : { capabilities }),
    signal,
    ...(server === null ? {} : { whileRunning: (container) => server.examine(container) }),
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
  const path = check.env['PATH'] ?? run.image.env['PATH'];
  return [explainFailedStart(directoryTree(run.root), { argv, cwd: run.image.cwd, path, failure })];
}

async function problemsOf(
  examination: Examination,
  check: Check,
  ended: RunResult,
  server: ServerExamination | null,
  time: JudgingTime,
): Promise<readonly string[]> {
  if (examination.kind === 'start-only') {
    const problem = judgeEnd(ended);
    return problem === null ? [] : [problem];
  }
  if (check.kind === 'command') return judgeCommand(check, ended, time);
  return [...(server?.problems(ended) ?? []), ...(await judgeOutput(check, ended, time))];
}
