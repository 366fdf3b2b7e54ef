import { MorselError } from '../../core/errors.ts';
import type { MorselEvent } from '../../core/events.ts';
import type { Rung } from '../../core/choices.ts';
import type { SourceProject } from '../../project/index.ts';
import type { Tools } from '../../toolchain/index.ts';
import type { BuildRequest } from '../request/build-request.ts';
import { buildRung } from './build-rung.ts';
import type { RungBuild } from './candidate.ts';
import { planProjectRung } from './compile-rung.ts';

/** What is done while a language's tool is asked about the project; gives the project. */
export type BesideQuestions = (asked: {
  readonly complete: Promise<SourceProject>;
  readonly detected: SourceProject;
  readonly tools: Tools;
  /** Ends the questions: their answer is not needed any more. */
  readonly stop: () => void;
}) => Promise<SourceProject>;

/** The lowest rung of a Go program, which most are on. */
const RUNG = 'static-go';

/**
 * Go's packages are listed while the program is built for the rung that it has if none of them is written in C: the two
 * take as long as each other after an edit, and the list says most times what was known before. What it changes is built
 * as the list has it.
 */
export class EarlyBuild {
  readonly #request: BuildRequest;
  readonly #held: MorselEvent[] = [];
  #isTold = false;
  #build: Promise<RungBuild> | null = null;

  constructor(request: BuildRequest) {
    this.#request = request;
  }

  readonly beside: BesideQuestions = async ({ complete, detected, tools, stop }) => {
    const request = this.#request;
    const isAsked = request.rungs === null || request.rungs.includes(RUNG);
    if (detected.kind !== 'go' || detected.usesCgo || request.sandboxBuild || !isAsked) return complete;
    const planned = this.#planOf(detected, tools);
    if (planned === null) return complete;
    const stopped = new AbortController();
    const signal =
      request.signal === undefined ? stopped.signal : AbortSignal.any([request.signal, stopped.signal]);
    // What it finds out about the ordinary configuration is its own: it may be stopped.
    const building = buildRung({ ...request, signal, onEvent: this.#hold }, detected, RUNG, { ...tools });
    building.catch(() => {});
    let isTaken = false;
    try {
      if (await failsFirst(building, complete)) {
        stop();
        await complete.catch(() => {});
        isTaken = true;
        this.#build = building;
        return detected;
      }
      const project = await complete;
      isTaken = this.#planOf(project, tools) === planned;
      if (isTaken) this.#build = building;
      return project;
    } finally {
      if (!isTaken) {
        stopped.abort();
        await building.catch(() => {});
      }
    }
  };

  /** The build that was begun, if it is of this rung; null where there is none. */
  take(rung: Rung): Promise<RungBuild> | null {
    if (rung !== RUNG || this.#build === null) return null;
    this.#isTold = true;
    for (const event of this.#held.splice(0)) this.#request.onEvent(event);
    return this.#build;
  }

  /** Events of a rung come after the one that tells of its start. */
  readonly #hold = (event: MorselEvent): void => {
    if (this.#isTold) this.#request.onEvent(event);
    else this.#held.push(event);
  };

  /** All that decides what is built and said; null where the rung is not to be had, or is prepared by what writes sources. */
  #planOf(project: SourceProject, tools: Tools): string | null {
    const outcome = planProjectRung(this.#request, project, RUNG, tools);
    if (outcome.kind !== 'plan' || outcome.plan.commands.length !== 1) return null;
    return JSON.stringify([outcome.plan, project.notes ?? []]);
  }
}

/**
 * Whether the build ends before its questions with an error of the project's own source that no answer changes: no package
 * of the project is written in C, and a wrong type stays one.
 */
async function failsFirst(building: Promise<unknown>, complete: Promise<unknown>): Promise<boolean> {
  const nothing = (): null => null;
  const first: unknown = await Promise.race([
    complete.then(nothing, nothing),
    building.then(nothing, (error: unknown) => error),
  ]);
  if (!(first instanceof MorselError) || first.details?.['final'] !== true) return false;
  const { file, message } = first.details;
  return typeof file === 'string' && OWN_FILE.test(file) && OF_TYPES.test(String(message));
}

/** Below the module: go names files of others by their whole path, or by one that leads out. */
const OWN_FILE = /^(?:\.\/)?\w/;
const OF_TYPES =
  /^(?:cannot use |invalid operation: |mismatched types |missing return|declared and not used|not enough arguments|too many arguments|assignment mismatch)/;
