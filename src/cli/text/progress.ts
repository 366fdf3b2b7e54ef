import type { EventSink, MorselEvent } from '../../core/events.ts';
import { eventLine } from './event-line.ts';
import { OutputLines } from './output-lines.ts';
import { printNote } from './print.ts';
import { writeOutput } from './standard-streams.ts';
import { Status } from './status.ts';
import { isLive, terminalColumns } from './terminal.ts';
import { clip, paint, quote, text } from './text.ts';

export interface Progress {
  readonly onEvent: EventSink;
  readonly told: Told;
  /** Clears the live line. */
  stop(): void;
}

/** What the lines above a report have said already. */
export interface Told {
  /** Why each rung has lost. */
  readonly rungs: ReadonlySet<string>;
  /** What came of each check, the last time. */
  readonly checks: ReadonlyMap<string, string>;
}

export const NOTHING_TOLD: Told = { rungs: new Set(), checks: new Map() };

/** Between two drawings of the live line. */
const DRAW_EVERY_MS = 100;
/** Without a terminal: a log grows, and its reader sees that something goes on. */
const TELL_EVERY_MS = 30_000;
/** What is there already is found in less. */
const ONCE_AFTER_MS = 3_000;
const SPINNER = ['-', '\\', '|', '/'];

/** Turns events into lines on stderr: a live status line at a terminal, plain lines elsewhere, nothing when quiet. */
export function createProgress(flags: {
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly format?: string;
}): Progress {
  if (flags.quiet === true || (flags.format === 'json' && flags.verbose !== true)) {
    return { onEvent: () => {}, told: NOTHING_TOLD, stop: () => {} };
  }
  const verbose = flags.verbose === true;
  return new Lines(verbose, isLive() && !verbose);
}

class Lines implements Progress {
  readonly #verbose: boolean;
  readonly #isLive: boolean;
  readonly #status = new Status();
  readonly #output = { stdout: new OutputLines(), stderr: new OutputLines() };
  readonly told = { rungs: new Set<string>(), checks: new Map<string, string>() };
  readonly #announced = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #isDrawn = false;
  #frame = 0;
  #lastLineAt = performance.now();

  constructor(verbose: boolean, live: boolean) {
    this.#verbose = verbose;
    this.#isLive = live;
  }

  readonly onEvent: EventSink = (event) => {
    const now = performance.now();
    this.#status.take(event, now);
    this.#timer ??= this.#start();
    if (event.kind === 'command-output') {
      const output = event.stream === 'stdout' ? this.#output.stdout : this.#output.stderr;
      return this.#printOutput(output.push(event.text));
    }
    if (event.kind === 'command-progress') return;
    this.#flush();
    this.#remember(event);
    const line = eventLine(event, this.#verbose);
    if (line !== null) this.#print(() => printNote(line));
    this.#draw();
  };

  readonly stop = (): void => {
    clearInterval(this.#timer);
    process.off('exit', this.#clear);
    this.#flush();
    this.#clear();
  };

  #remember(event: MorselEvent): void {
    if (event.kind === 'rung-rejected') this.told.rungs.add(event.rung);
    if (event.kind === 'check-finished') this.told.checks.set(event.check, event.detail);
  }

  /** The process may be ended at any time: by a second Ctrl-C, or by a bug. The line is then morsel's no more. */
  #start(): NodeJS.Timeout {
    process.once('exit', this.#clear);
    return setInterval(() => this.#tick(), this.#isLive ? DRAW_EVERY_MS : 1_000).unref();
  }

  #tick(): void {
    if (!this.#status.isBusy) return;
    const now = performance.now();
    const { once } = this.#status;
    if (once !== null && !this.#announced.has(once) && this.#status.elapsedMs(now) >= ONCE_AFTER_MS) {
      this.#announced.add(once);
      this.#print(() => printNote(text`  ${once}: made once on this machine, which takes minutes, and kept`));
    }
    if (this.#isLive) return this.#draw();
    if (now - this.#lastLineAt >= TELL_EVERY_MS) this.#print(() => printNote(this.#status.line(now)));
  }

  #draw(): void {
    if (!this.#isLive || !this.#status.isBusy) return;
    this.#frame = (this.#frame + 1) % SPINNER.length;
    const status = `${SPINNER[this.#frame]} ${this.#status.live(performance.now())}`;
    const columns = (terminalColumns(2) ?? 80) - 1;
    this.#isDrawn = true;
    writeOutput(2, text`\r\u001B[K${paint('dim', clip(status, columns))}`);
  }

  #print(print: () => void): void {
    this.#clear();
    this.#lastLineAt = performance.now();
    print();
  }

  readonly #clear = (): void => {
    if (this.#isDrawn) writeOutput(2, text`\r\u001B[K`);
    this.#isDrawn = false;
  };

  #printOutput(lines: string | null): void {
    // Of what others print nobody sees how far it is: it is no news that keeps the next line waiting.
    if (this.#verbose && lines !== null) printNote(quote(lines, { colors: true }));
  }

  #flush(): void {
    this.#printOutput(this.#output.stdout.flush());
    this.#printOutput(this.#output.stderr.flush());
  }
}
