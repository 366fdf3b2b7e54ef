import { listNames } from '../core/list-names.ts';

/** Why an observation may be incomplete. */
export type Gap = keyof typeof WORDS;

const NAMES_SHOWN = 8;

const WORDS = {
  traceTooLong: () =>
    'the trace is longer than what is read of it: what the program did after that is not known',
  traceCut: () => 'the trace ends in the middle of a line',
  damagedLine: (count: number) => `${counted(count, 'line')} of the trace cannot be read`,
  cutPath: (count: number) =>
    `${counted(count, 'path')} of the trace ${isOrAre(count)} longer than what is shown of them`,
  unknownDirectory: (count: number) =>
    `${counted(count, 'call')} with a relative path, from a directory that the trace does not tell, ${isOrAre(count)} left out`,
  otherRoot: () =>
    'a process of the program changed its root directory or mounted something: its paths after that are left out',
  lostCall: (count: number) =>
    `${counted(count, 'time')} a thread that was not the first of its process executed a program, whose first call is not in the trace`,
  ioUring: () => 'the program set up io_uring, and what it opens that way is in no trace of system calls',
  tooManyPaths: () => 'the program named more paths than are remembered',
  tooManyTasks: () => 'the program had more processes than are followed',
  tooManyPending: () => 'more calls were in progress at once than are remembered',
} satisfies Record<string, (count: number) => string>;

/** Each kind is told once, however often it was met. */
export class Gaps {
  readonly #counts = new Map<Gap, number>();
  readonly #unknownCalls = new Set<string>();

  add(gap: Gap): void {
    this.#counts.set(gap, (this.#counts.get(gap) ?? 0) + 1);
  }

  addUnknownCall(name: string): void {
    if (this.#unknownCalls.size <= NAMES_SHOWN) this.#unknownCalls.add(name);
  }

  inWords(): readonly string[] {
    const words = [...this.#counts].map(([gap, count]) => WORDS[gap](count));
    if (this.#unknownCalls.size === 0) return words;
    const names = [...this.#unknownCalls];
    const shown =
      names.length > NAMES_SHOWN
        ? `${names.slice(0, NAMES_SHOWN).join(', ')} and more`
        : listNames(names, NAMES_SHOWN);
    return [...words, `morsel does not know what these calls do with files: ${shown}`];
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function isOrAre(count: number): string {
  return count === 1 ? 'is' : 'are';
}
