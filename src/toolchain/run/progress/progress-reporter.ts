import { escapeUnprintable } from '../../../core/printable.ts';
import type { CommandProgress, EventSink } from '../../../core/events.ts';
import type { Step } from './step.ts';

/** Between two events: a build that prints a thousand lines a second is told of as one that prints ten. */
const TELL_EVERY_MS = 100;
const CURRENT_LIMIT = 80;

type State = Omit<CommandProgress, 'kind' | 'purpose'>;

/** Steps, of which there may be thousands a second, as events, of which there are few. */
export class ProgressReporter {
  readonly #purpose: string;
  readonly #onEvent: EventSink;
  readonly #counts = new Map<Step['unit'], number>();
  #untold: State | null = null;
  #toldAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(purpose: string, onEvent: EventSink) {
    this.#purpose = purpose;
    this.#onEvent = onEvent;
  }

  step(step: Step): void {
    const { unit } = step;
    const done = step.kind === 'of' ? step.done : (this.#counts.get(unit) ?? 0) + 1;
    this.#counts.set(unit, done);
    this.show({ unit, done, total: step.kind === 'of' ? step.total : null, current: shortOf(step.current) });
  }

  show(state: State): void {
    this.#untold = state;
    const wait = this.#toldAt + TELL_EVERY_MS - performance.now();
    if (wait <= 0) this.#tell();
    else this.#timer ??= setTimeout(() => this.#tell(), wait).unref();
  }

  /** Tells what is left. */
  end(): void {
    this.#tell();
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#untold === null) return;
    const state = this.#untold;
    this.#untold = null;
    this.#toldAt = performance.now();
    this.#onEvent({ kind: 'command-progress', purpose: this.#purpose, ...state });
  }
}

/** Bytes of a tool, one a character, as a line that does nothing to a terminal. */
function shortOf(current: string | null): string | null {
  if (current === null) return null;
  const printable = escapeUnprintable(Buffer.from(current, 'latin1').toString('utf8'));
  return printable.length <= CURRENT_LIMIT ? printable : `${printable.slice(0, CURRENT_LIMIT - 1)}…`;
}
