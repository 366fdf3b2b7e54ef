import type { CommandProgress } from '../../../core/events.ts';

/** What one line of a tool says of how far it is. */
export type Step = Pick<CommandProgress, 'unit' | 'current'> &
  (
    | { readonly kind: 'of'; readonly done: number; readonly total: number }
    /** One more of these; how many there will be is not known. */
    | { readonly kind: 'one' }
  );

/** Digits of a number that a tool counts with: no more are read. */
const MOST = 9_999_999;

/** null where the numbers make no sense: a project prints what it likes. */
export function stepOf(
  unit: Step['unit'],
  done: string | undefined,
  total: string | undefined,
  current: string | undefined,
): Step | null {
  const [part, whole] = [Number(done), Number(total)];
  const isSane =
    Number.isInteger(part) && Number.isInteger(whole) && part >= 0 && part <= whole && whole <= MOST;
  return isSane && whole > 0
    ? { kind: 'of', unit, done: part, total: whole, current: current ?? null }
    : null;
}
