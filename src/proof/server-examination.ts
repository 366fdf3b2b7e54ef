import { setTimeout as sleep } from 'node:timers/promises';
import type { StopSignal } from '../core/stop-signal.ts';
import type { ProbeResult, RunningContainer, RunResult } from '../sandbox/index.ts';
import type { ServerCheck } from './check.ts';
import { dockerExitCode, judgeEnd, problemOf } from './judge.ts';
import type { JudgingTime } from './pattern.ts';
import type { StopTrial } from './conditions/stop-trial.ts';
import { stopContainer } from './stop-container.ts';

/** Between two questions to a server that does not answer yet, or not as expected. */
const ASK_AGAIN_MS = 200;
/** A wrong answer may be of a moment at the start; two are not. */
const BELIEVED_ANSWERS = 2;
/** RFC 9110, 15.6.4: it is not ready to handle the request, which is temporary. */
const SERVICE_UNAVAILABLE = 503;

/**
 * Asks a server until it answers or its time is over, then tells it to stop. Two wrong
 * answers are its answer: to wait for another would only take the check's whole time. With status 503 it says itself that it is not ready.
 */
export class ServerExamination {
  answered = '';
  /** Its last answer, to be compared; null where it gave none. */
  answer: string | null = null;
  stoppedBySignal: boolean | null = null;
  /** It lived, and never answered at all. */
  isSilent = false;
  #problem: string | null = 'was never asked';
  #hasAnswered = false;
  readonly #check: ServerCheck;
  readonly #stopSignal: StopSignal;
  readonly #signal: AbortSignal | undefined;

  readonly #trial: StopTrial | null;

  /** @param trial how it is told to end; null: by its image's signal, and it need not. */
  constructor(
    check: ServerCheck,
    stopSignal: StopSignal,
    signal: AbortSignal | undefined,
    trial: StopTrial | null = null,
  ) {
    this.#check = check;
    this.#trial = trial;
    this.#stopSignal = stopSignal;
    this.#signal = signal;
  }

  async examine(container: RunningContainer): Promise<void> {
    const deadline = performance.now() + this.#check.timeoutSeconds * 1000;
    for (let isFinal = false, wrong = 0; !isFinal;) {
      const answer = await container.probe(this.#question(deadline - performance.now()));
      // When the time is over while it is asked once more, what it has answered before tells more than the silence.
      if (answer.kind !== 'failed' || !this.#hasAnswered)
        this.#problem = await this.#judge(answer, { deadline, signal: this.#signal });
      if (answer.kind === 'http' && answer.status !== SERVICE_UNAVAILABLE) wrong += 1;
      isFinal =
        this.#problem === null ||
        wrong === BELIEVED_ANSWERS ||
        container.hasExited() ||
        performance.now() >= deadline;
      if (!isFinal) await sleep(ASK_AGAIN_MS);
    }
    if (container.hasExited()) return;
    this.isSilent = !this.#hasAnswered;
    if (this.#trial !== null) {
      await this.#trial.stop(container);
      // How it ended is the trial's to judge, and no finding beside it.
      this.stoppedBySignal = true;
      return;
    }
    this.stoppedBySignal = await stopContainer(container, this.#stopSignal.number);
    if (!this.stoppedBySignal) container.kill('SIGKILL');
  }

  problems(ended: RunResult): readonly string[] {
    if (this.#problem === null) {
      const problem = this.#trial?.problem(ended) ?? null;
      return problem === null ? [] : [problem];
    }
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
    if (answer.kind === 'http') this.answer = `status ${answer.status}\n${answer.body}`;
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
