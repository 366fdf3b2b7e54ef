import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StopSignal } from '../core/stop-signal.ts';
import { directoryTree } from '../rootfs/index.ts';
import type {
  LeftRoot,
  ProbeResult,
  RunningContainer,
  RunRequest,
  RunResult,
  Sandbox,
} from '../sandbox/index.ts';
import type { Check, ServerCheck } from './check.ts';
import { explainFailedStart } from './explain-failure.ts';
import {
  dockerExitCode,
  excerptOf,
  judgeCommand,
  judgeEnd,
  judgeOutput,
  judgingTime,
  problemOf,
} from './judge.ts';
import { START_ONLY, START_SECONDS } from './default-check.ts';
import { findLoaderError } from './loader-error.ts';
import type { JudgingTime } from './pattern.ts';
import type { CheckResult } from './proof.ts';
import { argvOf, type RuntimeConfiguration } from './runtime-configuration.ts';

/** Kept of each stream of a program. */
const OUTPUT_LIMIT_BYTES = 1024 * 1024;
/** More than a server of a few hundred threads needs, few enough that a fork bomb leaves the machine usable. */
const LIMITS: RunRequest['limits'] = { processes: 1024, memoryBytes: 4 * 1024 * 1024 * 1024 };
/** docker gives 10 s; a program that has not ended after these ignores the signal. */
const STOP_GRACE_MS = 3_000;
/** Between two questions to a server that answers, but not yet as expected. */
const ASK_AGAIN_MS = 200;

/** `start-only` is the check of an image that has none: it starts, and does not die of it. */
export type Examination = { readonly kind: 'check'; readonly check: Check } | { readonly kind: 'start-only' };

export interface CheckRun {
  readonly sandbox: Sandbox;
  readonly image: RuntimeConfiguration;
  readonly root: string;
  readonly readOnlyRoot: boolean;
  readonly capabilities?: RunRequest['capabilities'] | undefined;
  readonly setIds?: RunRequest['setIds'] | undefined;
  readonly signal: AbortSignal | undefined;
  readonly afterwards?: (left: LeftRoot) => Promise<void>;
}

export interface ExaminedRun {
  readonly result: CheckResult;
  readonly notes: readonly string[];
  /** As in `RunResult`. */
  readonly lifted: readonly string[];
  /** A server was told to stop: whether it did. null for other checks. */
  readonly stoppedBySignal: boolean | null;
  /** A writable root could help: not when it never started, nor when the time was over, as it would be again. */
  readonly mayNeedWriting: boolean;
}

/** Runs one check once. Errors: those of `Sandbox.run`, and CONFIG_INVALID for a check with nothing to run. */
export async function runCheck(examination: Examination, run: CheckRun): Promise<ExaminedRun> {
  const check = examination.kind === 'check' ? examination.check : START_ONLY;
  const argv = argvOf(check, run.image);
  const server =
    check.kind === 'server' ? new ServerExamination(check, run.image.stopSignal, run.signal) : null;
  const ended = await run.sandbox.run(runRequest(check, argv, run, server));
  const time = judgingTime(check, ended, run.signal);
  const problems =
    (await failedStart(run, argv, check, ended, time)) ??
    (await problemsOf(examination, check, ended, server, time));
  return {
    result: {
      name: check.name,
      status: problems.length === 0 ? 'passed' : 'failed',
      detail: problems.length === 0 ? describeSuccess(examination, ended, server) : problems.join('; '),
      argv,
      exitCode: dockerExitCode(ended) !== null && ended.signal === null ? ended.exitCode : null,
      signal: ended.signal,
      stdoutSha256: server === null ? createHash('sha256').update(ended.stdout).digest('hex') : null,
      elapsedMs: Math.round(ended.elapsedMs),
    },
    notes: ended.notes,
    lifted: ended.lifted,
    stoppedBySignal: server?.stoppedBySignal ?? null,
    mayNeedWriting: !ended.timedOut && ended.startFailure === null && server?.isSilent !== true,
  };
}

/** With nothing of this machine around it; a server has time to stop beside that of its check. */
function runRequest(
  check: Check,
  argv: readonly string[],
  run: CheckRun,
  server: ServerExamination | null,
): RunRequest {
  const { root, image, readOnlyRoot, signal, capabilities, setIds, afterwards } = run;
  const { cwd, uid, gid, groups } = image;
  const graceMs = server === null ? 0 : STOP_GRACE_MS * 2;
  return {
    root,
    argv,
    cwd,
    uid,
    gid,
    groups,
    env: { ...image.env, ...check.env },
    readOnlyRoot,
    network: 'none',
    mounts: [],
    timeoutMs: check.timeoutSeconds * 1000 + graceMs,
    outputLimitBytes: OUTPUT_LIMIT_BYTES,
    stdio: check.stdin === null ? { kind: 'capture' } : { kind: 'capture', stdin: check.stdin },
    limits: LIMITS,
    ...(capabilities === undefined ? {} : { capabilities }),
    ...(setIds === undefined ? {} : { setIds }),
    signal,
    ...(server === null ? {} : { whileRunning: (container) => server.examine(container) }),
    ...(afterwards === undefined ? {} : { afterwards }),
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

function describeSuccess(
  examination: Examination,
  ended: RunResult,
  server: ServerExamination | null,
): string {
  if (server !== null) return server.answered;
  const code = dockerExitCode(ended);
  if (examination.kind === 'check') return `exit code ${code ?? 'none'}`;
  const end = ended.timedOut
    ? `is still alive after ${START_SECONDS} s`
    : `ended with exit code ${code ?? 'none'}`;
  // A program that starts only to say what it misses: what it said is all there is to judge it by.
  const said = ended.timedOut || code === 0 ? null : excerptOf(ended);
  return `starts, and ${end}${said === null ? '' : `, saying ${said}`}; nothing else was checked`;
}

/** Asks a server until it answers as expected or its time is over, then tells it to stop. */
class ServerExamination {
  answered = '';
  stoppedBySignal: boolean | null = null;
  /** It lived, and never answered at all. */
  isSilent = false;
  #problem: string | null = 'was never asked';
  #hasAnswered = false;
  readonly #check: ServerCheck;
  readonly #stopSignal: StopSignal;
  readonly #signal: AbortSignal | undefined;

  constructor(check: ServerCheck, stopSignal: StopSignal, signal: AbortSignal | undefined) {
    this.#check = check;
    this.#stopSignal = stopSignal;
    this.#signal = signal;
  }

  async examine(container: RunningContainer): Promise<void> {
    const deadline = performance.now() + this.#check.timeoutSeconds * 1000;
    do {
      const answer = await container.probe(this.#question(deadline - performance.now()));
      // When the time is over while it is asked once more, what it has answered before tells more than the silence.
      if (answer.kind !== 'failed' || !this.#hasAnswered)
        this.#problem = await this.#judge(answer, { deadline, signal: this.#signal });
      if (this.#problem !== null && !container.hasExited()) await sleep(ASK_AGAIN_MS);
    } while (this.#problem !== null && !container.hasExited() && performance.now() < deadline);
    if (container.hasExited()) return;
    this.isSilent = !this.#hasAnswered;
    container.kill(this.#stopSignal.number);
    await Promise.race([container.exited, sleep(STOP_GRACE_MS, undefined, { ref: false })]);
    this.stoppedBySignal = container.hasExited();
    if (!this.stoppedBySignal) container.kill('SIGKILL');
  }

  problems(ended: RunResult): readonly string[] {
    if (this.#problem === null) return [];
    const end = this.stoppedBySignal === null ? judgeEnd(ended) : null;
    const early =
      this.stoppedBySignal === null
        ? `ended before it answered, exit code ${dockerExitCode(ended) ?? 'none'}`
        : null;
    const said = ended.stderr.toString('utf8').trim().slice(0, 400);
    return [
      end ?? early ?? this.#problem,
      ...(said === '' || end !== null ? [] : [`it said: ${JSON.stringify(said)}`]),
    ];
  }

  #question(leftMs: number): Parameters<RunningContainer['probe']>[0] {
    const { request } = this.#check;
    const timeoutMs = Math.max(1, Math.round(leftMs));
    if (request.kind === 'tcp') return { kind: 'tcp', host: request.host, port: request.port, timeoutMs };
    return { kind: 'http', url: request.url, timeoutMs };
  }

  async #judge(answer: ProbeResult, time: JudgingTime): Promise<string | null> {
    const { request } = this.#check;
    const address = request.kind === 'http' ? request.url : `${request.host}:${request.port}`;
    this.#hasAnswered ||= answer.kind !== 'failed';
    if (answer.kind === 'failed')
      return `no answer from ${address} within ${this.#check.timeoutSeconds} s (${answer.reason})`;
    if (answer.kind === 'tcp' || request.kind === 'tcp') {
      this.answered = `${address} accepts connections`;
      return null;
    }
    if (answer.status !== request.status)
      return `${address} answers with status ${answer.status}, expected ${request.status}`;
    const problem = request.body === null ? null : await problemOf(request.body, answer.body, true, time);
    if (problem !== null)
      return `the body of ${address} ${problem}: ${JSON.stringify(answer.body.slice(0, 400))}`;
    this.answered = `${address} answers with status ${answer.status}`;
    return null;
  }
}
