import { readFileSync } from 'node:fs';

/** Whether a process waits for something: `S` in the third field of proc(5)'s stat; true too where that cannot be read. */
export function sleeps(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Its name stands in parentheses, and may hold some.
    return stat.startsWith(' S', stat.lastIndexOf(')') + 1);
  } catch {
    return true;
  }
}
