import { readdirSync } from 'node:fs';
import { MorselError } from '../../core/errors.ts';
import { attempt } from '../../core/write-error.ts';
import { isLayout } from '../path-kind.ts';

/**
 * Whether a directory that a layout is to be written to is one already; false when it is empty.
 * Error: WRITE_FAILED (also for a directory that holds something else).
 */
export function holdsLayout(directory: string): boolean {
  if (attempt(directory, () => readdirSync(directory)).length === 0) return false;
  if (isLayout(directory)) return true;
  throw new MorselError('WRITE_FAILED', `${directory} is neither empty nor an OCI layout`, {
    hint: 'give another directory with -o, or empty this one',
  });
}
