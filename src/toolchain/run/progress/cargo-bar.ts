import { type Step, stepOf } from './step.ts';

/** What makes cargo draw its bar on a pipe as well: it alone knows how many units there are (Cargo's book, `term.progress`). */
export const CARGO_BAR: Readonly<Record<string, string>> = {
  CARGO_TERM_PROGRESS_WHEN: 'always',
  CARGO_TERM_PROGRESS_WIDTH: '100',
  CARGO_TERM_PROGRESS_TERM_INTEGRATION: 'false',
};

/** `    Building [===>      ] 1/7: alpha, delta(build.rs)`, with or without colours. */
const BAR =
  /^(?:\u001B\[[\d;]{0,20}m){0,4} {0,12}(?:\u001B\[[\d;]{0,20}m){0,4}[A-Z][a-z]{2,20}(?:\u001B\[[\d;]{0,20}m){0,4} {1,4}\[[=> -]{0,200}\] (\d{1,7})\/(\d{1,7})(?:: (.{0,300}))?/;
/** All that cargo erases again ends so: bars, `Downloading …`. */
const ERASED = /^(?:\u001B\[[\d;]{0,20}[mK]){0,4} {0,12}(?:\u001B\[[\d;]{0,20}m){0,4}[A-Z][a-z]{2,20}\b/;

/** What a part of stderr that ends with a carriage return says; null where it is no bar. */
export function readCargoBar(part: string): Step | null {
  const bar = BAR.exec(part);
  if (bar === null) return null;
  const [first = ''] = (bar[3] ?? '').trim().split(', ');
  return stepOf('crates', bar[1], bar[2], first.replace(/\(.{0,40}\)$/, '') || undefined);
}

/** Whether such a part was to be seen for a moment only. */
export function isCargoBar(part: string): boolean {
  return ERASED.test(part);
}
