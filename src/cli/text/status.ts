import type { CommandProgress, MorselEvent } from '../../core/events.ts';
import { formatElapsed, groupThousands } from './format-size.ts';
import { paint, type Text, text } from './text.ts';

/** What goes on at the moment, put together from events, and in words. */
export class Status {
  #row: string | null = null;
  #rung: string | null = null;
  #doing: Doing | null = null;
  /** A command that goes on while a shorter one, a question to another compiler, began after it. */
  #behind: Doing | null = null;

  /** Takes what an event says of it; times are milliseconds of one clock. */
  take(event: MorselEvent, now: number): void {
    switch (event.kind) {
      case 'row-started':
        this.#row = `${event.row} (${event.number} of ${event.rows})`;
        this.#doing = null;
        break;
      case 'rung-started':
        this.#rung = event.rung;
        break;
      case 'command-started':
        this.#behind = this.#doing;
        this.#doing = { ...begun(event.purpose, now), verb: verbOf(event.purpose), once: event.once ?? null };
        break;
      case 'command-progress':
        if (this.#doing === null) break;
        this.#doing = { ...this.#doing, once: event.once ?? this.#doing.once, progress: event };
        break;
      case 'proof-started':
        this.#doing = begun(`running it in ${event.sandbox}`, now);
        break;
      case 'observing':
        this.#doing = begun('looking at what it uses here', now);
        break;
      case 'command-finished':
        if (this.#behind?.what === event.purpose) this.#behind = null;
        else [this.#doing, this.#behind] = [this.#behind, null];
        break;
      case 'rung-rejected':
      case 'rung-built':
      case 'written':
        this.#doing = null;
        this.#behind = null;
        break;
      default:
    }
  }

  get isBusy(): boolean {
    return this.#doing !== null;
  }

  /** How long it has been at it. */
  elapsedMs(now: number): number {
    return this.#doing === null ? 0 : now - this.#doing.since;
  }

  /** What is made once and kept, where that is what goes on. */
  get once(): string | null {
    return this.#doing?.once ?? null;
  }

  /** `static-musl: 45 of 120 crates, 1 min 30 s: serde`, for a line that is cut at its end. */
  live(now: number): string {
    if (this.#doing === null) return '';
    const { what, once, progress } = this.#doing;
    const elapsed = formatElapsed(this.elapsedMs(now));
    if (progress === null)
      return `${this.#place === null ? '' : `${this.#place}, `}${elapsed}: ${once ?? what}`;
    const head = this.#place === null ? '' : `${this.#place}: `;
    const tail = progress.current === null || progress.current === '' ? what : progress.current;
    return `${head}${countOf(progress)}, ${elapsed}: ${once ?? tail}`;
  }

  /** `still compiling for static-musl: 45 of 120 crates, 1 min 30 s`, for a log. */
  line(now: number): Text {
    if (this.#doing === null) return text``;
    const { what, once, progress } = this.#doing;
    const doing = once === null ? (this.#doing.verb ?? what) : `making ${once} (once on this machine)`;
    const place = this.#place === null ? '' : ` for ${this.#place}`;
    const counted = progress === null ? '' : `${countOf(progress)}, `;
    return text`${paint('dim', text`still ${doing}${place}: ${counted}${formatElapsed(this.elapsedMs(now))}`)}`;
  }

  get #place(): string | null {
    return this.#row ?? this.#rung;
  }
}

interface Doing {
  readonly what: string;
  /** Of a command; null where `what` begins with one. */
  readonly verb: string | null;
  readonly since: number;
  readonly once: string | null;
  readonly progress: CommandProgress | null;
}

const begun = (what: string, since: number): Doing => ({
  what,
  verb: null,
  since,
  once: null,
  progress: null,
});

/** Of a command's purpose: `configure x`, `make x with y`, `compile x`. */
const verbOf = (purpose: string): string =>
  /^(?:configure|generate) /.test(purpose) ? 'configuring' : 'compiling';

/** `45 of 120 crates`, `312 of about 1,056 files`, `45 %`, `1 check` */
export function countOf({ unit, done, total, once }: CommandProgress): string {
  if (unit === 'percent') return `${done} %`;
  const of = total === null ? '' : ` of ${once === undefined ? '' : 'about '}${groupThousands(total)}`;
  const counted = total ?? done;
  return `${groupThousands(done)}${of} ${counted === 1 ? unit.replace(/s$/, '') : unit}`;
}
