import { fstatSync } from 'node:fs';

/** Linux's /dev/null: Documentation/admin-guide/devices.txt. */
const NULL_DEVICE = 0x103;

/** Whether somebody looks on. The stream, which knows for sure, is made for other character devices only. */
export function isTerminal(descriptor: 1 | 2): boolean {
  try {
    const stat = fstatSync(descriptor);
    const stream = descriptor === 1 ? 'stdout' : 'stderr';
    return stat.isCharacterDevice() && stat.rdev !== NULL_DEVICE && process[stream].isTTY;
  } catch {
    return false; // nothing to ask
  }
}

/** https://no-color.org and FORCE_COLOR, then whether stderr is a terminal. */
export function hasColor(): boolean {
  if (process.env['NO_COLOR'] !== undefined && process.env['NO_COLOR'] !== '') return false;
  const forced = process.env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTerminal(2) && process.env['TERM'] !== 'dumb';
}

const DEFAULT_COLUMNS = 80;
/** Narrower, and a page would be a list of words. */
const LEAST_COLUMNS = 40;

/** Columns of the terminal that a stream is; null for all else. A pseudo-terminal may not know its size. */
export function terminalColumns(descriptor: 1 | 2): number | null {
  if (!isTerminal(descriptor)) return null;
  const columns = process[descriptor === 1 ? 'stdout' : 'stderr'].columns || DEFAULT_COLUMNS;
  return Math.max(columns, LEAST_COLUMNS);
}

/**
 * Where lines end for a reader at a terminal. null: files, pipes and CI get each message as one line, since logs are
 * searched by line, and who shows them wraps them for a width that nobody here knows.
 */
export function pageColumns(descriptor: 1 | 2): number | null {
  return process.env['CI'] === undefined ? terminalColumns(descriptor) : null;
}

/** A live status line is for people at a terminal only; CI and pipes get plain lines. */
export function isLive(): boolean {
  return isTerminal(2) && process.env['CI'] === undefined && process.env['TERM'] !== 'dumb';
}
