import { isTerminal, writeOutput } from './standard-streams.ts';

/** Where the CLI writes. stdout carries only the result, so that calls nest; everything else goes to stderr. */

export function printResult(text: string): void {
  writeOutput(1, printable(text.endsWith('\n') ? text : `${text}\n`));
}

export function printNote(text: string): void {
  writeOutput(2, printable(text.endsWith('\n') ? text : `${text}\n`));
}

/** Line feed, tab and colours stay; every other C0 and C1 control, and ESC that begins anything else, does not. */
const CONTROLS = /\u001B(?!\[[\d;]*[mK])|[\u0000-\u0008\u000B-\u001A\u001C-\u001F\u007F-\u009F]/g;

/**
 * Paths of a hostile image and the output of a hostile program are printed: they may not drive the reader's terminal.
 * The escape is JSON's, so that a JSON document stays one.
 */
export function printable(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(CONTROLS, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** https://no-color.org and FORCE_COLOR, then whether stderr is a terminal. */
export function hasColor(): boolean {
  if (process.env['NO_COLOR'] !== undefined && process.env['NO_COLOR'] !== '') return false;
  const forced = process.env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTerminal(2) && process.env['TERM'] !== 'dumb';
}

const SGR = { bold: '1', dim: '2', red: '31', green: '32', yellow: '33', cyan: '36' } as const;

export function paint(style: keyof typeof SGR, text: string): string {
  return hasColor() ? `\u001B[${SGR[style]}m${text}\u001B[0m` : text;
}

/** A live status line is for people at a terminal only; CI and pipes get plain lines. */
export function isLive(): boolean {
  return isTerminal(2) && process.env['CI'] === undefined && process.env['TERM'] !== 'dumb';
}
