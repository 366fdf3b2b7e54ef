import { readFileSync } from 'node:fs';

/** Whether a process has a handler for a signal (SigCgt of proc(5)); true too where that cannot be read. */
export function heeds(pid: number, signal: number): boolean {
  try {
    const caught = /^SigCgt:\s*([0-9a-f]{1,16})$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return caught === undefined || ((BigInt(`0x${caught}`) >> BigInt(signal - 1)) & 1n) === 1n;
  } catch {
    return true;
  }
}
