import { constants } from 'node:os';
import { readFileSync } from 'node:fs';

/** Whether a process has a handler for a signal (SigCgt of proc(5)); true too where that cannot be read. */
export function heeds(pid: number, signal: number): boolean {
  const status = statusOf(pid);
  return status === null || (maskHas(status, 'SigCgt', signal) ?? true);
}

/**
 * Whether the kernel throws a signal away that is sent to this process now: it is PID 1 of its namespace, has no handler
 * for it and does not block it to wait for it (pid_namespaces(7)). false too where that cannot be read.
 *
 * In sigwait(3) a process does not show what it waits for as blocked, though the kernel keeps that (`real_blocked` of
 * kernel/signal.c): it is known by the function in which it sleeps. For one more than it waits for, that is too kind.
 */
export function drops(pid: number, signal: number): boolean {
  if (signal === constants.signals.SIGKILL || signal === constants.signals.SIGSTOP) return false;
  const status = statusOf(pid);
  if (status === null || !/^NSpid:(?:\t\d{1,10}){1,32}\t1$/m.test(status)) return false;
  if (maskHas(status, 'SigCgt', signal) !== false || maskHas(status, 'SigBlk', signal) !== false)
    return false;
  return !/^do_sigtimedwait\b/.test(readProc(pid, 'wchan') ?? '');
}

const statusOf = (pid: number): string | null => readProc(pid, 'status');

function readProc(pid: number, name: 'status' | 'wchan'): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return null;
  }
}

/** null where there is no such mask. */
function maskHas(status: string, name: 'SigCgt' | 'SigBlk', signal: number): boolean | null {
  const mask = new RegExp(`^${name}:\\s{0,9}([0-9a-f]{1,16})$`, 'm').exec(status)?.[1];
  return mask === undefined ? null : ((BigInt(`0x${mask}`) >> BigInt(signal - 1)) & 1n) === 1n;
}
