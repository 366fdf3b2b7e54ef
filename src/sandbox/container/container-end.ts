import { constants } from 'node:os';
import { READY_STEP } from '../launcher/start-steps.ts';

export interface LauncherStatus {
  /** Everything was set up, and the program was about to be executed. */
  readonly isReady: boolean;
  /** Index of the launcher's step that failed, with its errno; null when none did. */
  readonly failedStep: number | null;
  readonly errno: number;
}

/** Records of { step, errno }, 16 bytes each: READY_STEP with errno 0, or the step that failed. */
export function readStatus(status: Buffer): LauncherStatus {
  let isReady = false;
  for (let offset = 0; offset + 16 <= status.length; offset += 16) {
    const step = status.readUInt32LE(offset);
    const errno = status.readUInt32LE(offset + 8);
    if (errno !== 0) return { isReady, failedStep: step, errno };
    isReady = step === READY_STEP;
  }
  return { isReady, failedStep: null, errno: 0 };
}

export interface ContainerEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** How the program ended, from how the process did that waited for it. @param said by that process. */
export function readEnd(end: ContainerEnd, reports: '128+n' | 'same-signal', said: string): ContainerEnd {
  const { exitCode, signal } = end;
  if (exitCode === null || signal !== null) return end;
  if (reports === '128+n') {
    const name = signalName(exitCode - 128);
    return name === null ? end : { exitCode: null, signal: name };
  }
  const isKilled = exitCode === 1 && said.startsWith(SIGKILL_COMPLAINT);
  return isKilled ? { exitCode: null, signal: 'SIGKILL' } : end;
}

/**
 * unshare(1) of util-linux ends itself by the signal that ended the program. With SIGKILL that cannot be prepared as
 * with the others: signal(2) gives EINVAL, and it complains and exits with 1.
 */
const SIGKILL_COMPLAINT = 'unshare: sigprocmask unblock failed: ';

/** `SIGSEGV` of 11; null for what is no signal. */
function signalName(number: number): string | null {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? null;
}
