import { openSync } from 'node:fs';

/** Where nothing comes from, and all vanishes: what spawn(2) is to ignore has no descriptor above 2. The caller closes it. */
export function openNull(): number {
  return openSync('/dev/null', 'r+');
}
