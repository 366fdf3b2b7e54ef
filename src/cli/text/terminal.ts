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

/** A live status line is for people at a terminal only; CI and pipes get plain lines. */
export function isLive(): boolean {
  return isTerminal(2) && process.env['CI'] === undefined && process.env['TERM'] !== 'dumb';
}
