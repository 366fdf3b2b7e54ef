import { setTimeout as sleep } from 'node:timers/promises';
import { MorselError } from '../core/errors.ts';
import type { SourceRoot } from '../control/index.ts';
import type { Sandbox } from '../sandbox/index.ts';
import { type Examination, type RanCheck, runCheck } from './run-check.ts';
import type { RuntimeConfiguration } from './runtime-configuration.ts';

/** Two runs within one second hide that a program prints the time. */
export const APART_MS = 1_100;

/** The runs of checks in a source root: each once for all images that are compared with it, and again when asked. */
export class ControlRuns {
  readonly #runs = new Map<string, { readonly startedMs: number; readonly ran: Promise<RanCheck> }[]>();
  readonly #source: SourceRoot;
  readonly #sandbox: Sandbox;
  readonly #signal: AbortSignal | undefined;
  /** Why no run can be had here: the sandbox cannot show this root to a program. */
  failure: string | null = null;

  constructor(source: SourceRoot, sandbox: Sandbox, signal: AbortSignal | undefined) {
    this.#source = source;
    this.#sandbox = sandbox;
    this.#signal = signal;
  }

  /** "on this machine" */
  get where(): string {
    return this.#source.description;
  }

  get source(): SourceRoot {
    return this.#source;
  }

  /**
   * At least so many runs of one check, the later ones long enough after the first for a clock to show; null where none
   * can be had.
   */
  async atLeast(count: number, job: ControlJob): Promise<readonly [RanCheck, ...RanCheck[]] | null> {
    const key = keyOf(job);
    const runs = this.#runs.get(key) ?? [];
    this.#runs.set(key, runs);
    while (runs.length < count && this.failure === null) {
      const [first] = runs;
      if (first !== undefined) await this.#waitUntil(first.startedMs + APART_MS);
      const ran = this.#run(job);
      // One that is asked for twice at a time is run once.
      runs.push({ startedMs: performance.now(), ran });
      await ran.catch(() => {});
      await this.#note(ran);
    }
    if (this.failure !== null) return null;
    const [first, ...others] = await Promise.all(runs.map(({ ran }) => ran));
    return first === undefined ? null : [first, ...others];
  }

  /** The first run once more, instead of what there is. */
  afresh(job: ControlJob): Promise<readonly [RanCheck, ...RanCheck[]] | null> {
    this.#runs.delete(keyOf(job));
    return this.atLeast(1, job);
  }

  /** One more, whose system calls go into a file; not counted among the runs that verdicts are made from. */
  observe(job: ControlJob, traceFile: string): Promise<RanCheck> {
    return this.#run(job, { traceFile });
  }

  #run(job: ControlJob, observe?: { readonly traceFile: string }): Promise<RanCheck> {
    const { root, mounts, plainFiles } = this.#source;
    return runCheck(job.examination, {
      sandbox: this.#sandbox,
      image: job.image,
      root,
      mounts,
      plainFiles,
      signal: this.#signal,
      readOnlyRoot: job.readOnlyRoot,
      isControl: true,
      ...(observe === undefined ? {} : { observe }),
    });
  }

  /** A root that this sandbox cannot show is no control; everything else goes up. */
  async #note(ran: Promise<RanCheck>): Promise<void> {
    try {
      await ran;
    } catch (error) {
      if (!(error instanceof MorselError) || !NO_CONTROL.has(error.code)) throw error;
      this.failure = error.message;
    }
  }

  async #waitUntil(atMs: number): Promise<void> {
    const leftMs = atMs - performance.now();
    if (leftMs > 0) await sleep(leftMs, undefined, { signal: this.#signal }).catch(() => {});
  }
}

const NO_CONTROL: ReadonlySet<string> = new Set(['SANDBOX_FAILED', 'USAGE', 'NOT_FOUND', 'IMAGE_INVALID']);

/** What is run, and as what. */
export interface ControlJob {
  readonly examination: Examination;
  readonly image: RuntimeConfiguration;
  readonly readOnlyRoot: boolean;
}

/** What decides how a run goes: the same in two images has the same control run. */
function keyOf({ examination, image, readOnlyRoot }: ControlJob): string {
  return JSON.stringify([examination, image, readOnlyRoot]);
}
