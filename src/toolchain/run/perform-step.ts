import { type Command, formatCommand } from '../../core/command.ts';
import { MorselError } from '../../core/errors.ts';
import type { CompilePlan } from '../plan.ts';
import { CompileFailure } from './compile-failure.ts';
import { inOrder } from './in-order.ts';
import { type BuildFolders, performCommand, type PerformOptions } from './perform-command.ts';
import { isOfTypesAlone, type Questions, questionBeside, weighFailure } from './weigh-failure.ts';

/** Asked for a while only: it is one file without code to make. */
const QUESTION_TIMEOUT_MS = 60_000;

export interface StepOptions extends PerformOptions {
  readonly ordinaryConfiguration?: Questions['ordinaryConfiguration'] | undefined;
}

/**
 * Runs a command of a plan. What fails is weighed where it failed, while all that it was made of is there. Errors: those of
 * `performCommand`.
 */
export async function performStep(
  command: Command,
  plan: CompilePlan,
  folders: BuildFolders,
  options: StepOptions,
): Promise<void> {
  const asking = new Asking(folders, options);
  try {
    const isLast = command === plan.commands.at(-1);
    await asking.beside(isLast ? questionBeside(plan) : null, (signal) =>
      performInSomeOrder(command, folders, { ...options, signal }),
    );
  } catch (error) {
    if (!(error instanceof CompileFailure)) throw error;
    const isConfiguration = plan.configuration !== null && command !== plan.commands.at(-1);
    const step = { rung: plan.rung, isConfiguration, directory: command.cwd ?? folders.workDirectory };
    throw await weighFailure(error, plan, step, {
      failureOf: (question) => asking.failureOf(question),
      ordinaryConfiguration: options.ordinaryConfiguration ?? (() => Promise.resolve(null)),
    });
  } finally {
    await asking.end();
  }
}

/** Side by side, and in order where that is what fails. */
async function performInSomeOrder(
  command: Command,
  folders: BuildFolders,
  options: PerformOptions,
): Promise<void> {
  try {
    await performCommand(command, folders, options);
  } catch (error) {
    const again = error instanceof CompileFailure ? inOrder(command, error) : null;
    if (again === null) throw error;
    await performCommand(again, folders, options);
  }
}

/** Questions to the ordinary compiler. */
class Asking {
  readonly #folders: BuildFolders;
  readonly #options: StepOptions;
  readonly #ended = new AbortController();
  #asked: { readonly question: string; readonly failure: Promise<MorselError | null> } | null = null;

  constructor(folders: BuildFolders, options: StepOptions) {
    this.#folders = folders;
    this.#options = options;
  }

  /**
   * Works while a question is asked, so that its answer is there when the work fails. zig takes three times as long over
   * C++ as gcc: what is wrong whatever the headers are ends the work at once.
   */
  async beside(question: Command | null, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const stopped = new AbortController();
    const working = work(anyOf(this.#options.signal, stopped.signal));
    if (question === null) return working;
    const answer = this.failureOf(question);
    const first = await Promise.race([
      working.then(
        () => null,
        () => null,
      ),
      answer.catch(() => null),
    ]);
    if (!(first instanceof CompileFailure) || !isOfTypesAlone(first)) return working;
    stopped.abort();
    await working.catch(() => {});
    if (this.#options.signal?.aborted === true) return working;
    throw first;
  }

  /** null: it succeeds. Error: INTERRUPTED. */
  failureOf(question: Command): Promise<MorselError | null> {
    const line = formatCommand(question);
    if (this.#asked?.question === line) return this.#asked.failure;
    const failure = this.#ask(question);
    this.#asked = { question: line, failure };
    return failure;
  }

  async #ask(question: Command): Promise<MorselError | null> {
    const signal = anyOf(this.#options.signal, this.#ended.signal);
    try {
      await performCommand(question, this.#folders, {
        ...this.#options,
        signal,
        timeoutMs: QUESTION_TIMEOUT_MS,
      });
      return null;
    } catch (error) {
      if (error instanceof MorselError && error.code === 'COMPILE_FAILED') return error;
      throw error;
    }
  }

  /** Nobody waits for an answer any more. */
  async end(): Promise<void> {
    this.#ended.abort();
    await this.#asked?.failure.catch(() => {});
  }
}

function anyOf(signal: AbortSignal | undefined, other: AbortSignal): AbortSignal {
  return signal === undefined ? other : AbortSignal.any([signal, other]);
}
